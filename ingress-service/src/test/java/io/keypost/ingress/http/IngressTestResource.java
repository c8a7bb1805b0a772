package io.keypost.ingress.http;

import io.keypost.testsupport.KeypostTestResource;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics of its own, three operators, and an ingress that is enrolled at one of them. */
public class IngressTestResource extends KeypostTestResource {
  private @Nullable IngressFixture fixture;

  @Override
  protected void prepare(Map<String, String> config) {
    config.put("keypost.ingress.bind-address", "127.0.0.1");
    config.put("keypost.ingress.port", "0");
    config.put("keypost.ingress.management-port", "0");
    config.put("keypost.ingress.body-timeout", "PT1S");
    config.put("keypost.ingress.max-identifications-per-network", "4");
    config.put("keypost.payloads.max-payload-bytes", "200000");
    fixture = new IngressFixture(config);
    fixture.enrol(Path.of(config.get("keypost.ingress.identity-directory")));
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
