package io.keypost.ingress.http;

import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicAdmin;
import io.keypost.events.TopicSettings;
import io.keypost.testsupport.KeypostTestResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Topics of its own, three operators, and an ingress that is enrolled at one of them. */
public class IngressTestResource extends KeypostTestResource {
  static final int PARTITIONS = 2;

  private @Nullable IngressFixture fixture;

  @Override
  protected void prepare(Map<String, String> config) {
    config.put("keypost.kafka.partitions", Integer.toString(PARTITIONS));
    config.put("keypost.ingress.bind-address", "127.0.0.1");
    config.put("keypost.ingress.port", "0");
    config.put("keypost.ingress.management-port", "0");
    config.put("keypost.ingress.body-timeout", "PT1S");
    config.put("keypost.payloads.max-payload-bytes", "200000");
    try (Admin admin =
        Admin.create(
            new KafkaSettings(config.get("keypost.kafka.bootstrap-servers"), Map.of())
                .forAdmin())) {
      new TopicAdmin(admin, topics(config.get("keypost.kafka.topic-prefix"))).apply();
    }
    fixture = new IngressFixture(config.get("keypost.operator"));
    try {
      fixture.enrol(Path.of(config.get("keypost.ingress.identity-directory")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TopicSettings topics(String prefix) {
    return new TopicSettings(prefix, PARTITIONS, 1, 1, TopicSettings.Deployment.SINGLE_NODE);
  }

  @Override
  public void inject(TestInjector injector) {
    super.inject(injector);
    injector.injectIntoFields(fixture, new TestInjector.MatchesType(IngressFixture.class));
  }

  @Override
  public void stop() {
    if (fixture != null) {
      fixture.close();
    }
    super.stop();
  }
}
