package io.keypost.router;

import io.keypost.directory.Directory;
import io.keypost.events.RetryTopics;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.frame.Stage;
import io.keypost.protocol.address.MailDomain;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Joins the stage with what the service's frame gives. */
@Singleton
class RouterProviders {

  /** Reads {@code mail.verified}. */
  @Produces
  @Singleton
  Stage<VerifiedMail> stage(
      RouterConfig config, MailDomain operator, Directory directory, InstantSource clock) {
    RoutingStage routing = new RoutingStage(directory, operator, clock);
    return Stage.of("router", RetryTopics.VERIFIED, config, MailEvents.VERIFIED, routing::decide);
  }
}
