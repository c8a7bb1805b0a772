package io.keypost.verifier.kafka;

import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicAdmin;
import io.keypost.events.TopicSettings;
import io.keypost.testsupport.KeypostTestResource;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Topics of its own, two senders' domains, and a verifier that is enrolled at one of them. */
public class VerifierTestResource extends KeypostTestResource {
  private static final int PARTITIONS = 2;

  private @Nullable SendersFixture senders;

  @Override
  protected void prepare(Map<String, String> config) {
    config.put("keypost.kafka.partitions", Integer.toString(PARTITIONS));
    config.put("keypost.verifier.management-port", "0");
    config.put("quarkus.management.test-port", "0");
    KafkaSettings kafka =
        new KafkaSettings(config.get("keypost.kafka.bootstrap-servers"), Map.of());
    TopicSettings topics =
        new TopicSettings(
            config.get("keypost.kafka.topic-prefix"),
            PARTITIONS,
            1,
            1,
            TopicSettings.Deployment.SINGLE_NODE);
    try (Admin admin = Admin.create(kafka.forAdmin())) {
      new TopicAdmin(admin, topics).apply();
    }
    senders = new SendersFixture(config.get("keypost.operator"), kafka, topics);
    senders.enrol(Path.of(config.get("keypost.verifier.identity-directory")));
  }

  @Override
  public void inject(TestInjector injector) {
    super.inject(injector);
    injector.injectIntoFields(senders, new TestInjector.MatchesType(SendersFixture.class));
  }

  @Override
  public void stop() {
    if (senders != null) {
      senders.close();
    }
    super.stop();
  }
}
