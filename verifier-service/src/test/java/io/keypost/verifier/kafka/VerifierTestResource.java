package io.keypost.verifier.kafka;

import io.keypost.testsupport.KeypostTestResource;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics of its own, two senders' domains, and a verifier that is enrolled at one of them. */
public class VerifierTestResource extends KeypostTestResource {
  private @Nullable SendersFixture senders;

  @Override
  protected void prepare(Map<String, String> config) {
    config.put("keypost.verifier.management-port", "0");
    config.put("quarkus.management.test-port", "0");
    senders = new SendersFixture(config);
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
