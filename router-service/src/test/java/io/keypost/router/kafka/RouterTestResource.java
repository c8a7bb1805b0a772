package io.keypost.router.kafka;

import io.keypost.testsupport.KeypostTestResource;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics of its own, recipients at three operators, and a router that is enrolled at one. */
public class RouterTestResource extends KeypostTestResource {
  private @Nullable RecipientsFixture recipients;

  @Override
  protected void prepare(Map<String, String> config) {
    config.put("keypost.router.management-port", "0");
    config.put("quarkus.management.test-port", "0");
    config.put("mp.messaging.connector.smallrye-kafka.auto.commit.interval.ms", "100");
    recipients = new RecipientsFixture(config);
    recipients.enrol(Path.of(config.get("keypost.router.identity-directory")));
  }

  @Override
  public void inject(TestInjector injector) {
    super.inject(injector);
    injector.injectIntoFields(recipients, new TestInjector.MatchesType(RecipientsFixture.class));
  }

  @Override
  public void stop() {
    if (recipients != null) {
      recipients.close();
    }
    super.stop();
  }
}
