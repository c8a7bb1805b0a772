package io.keypost.verifier;

import io.keypost.directory.Directory;
import io.keypost.events.RetryTopics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.MailEvents;
import io.keypost.frame.Stage;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Joins the stage with what the service's frame gives. */
@Singleton
class VerifierProviders {
  private final ExecutorService cryptography;

  VerifierProviders(VerifierConfig config) {
    this.cryptography =
        Executors.newFixedThreadPool(
            config.cryptographyThreads().orElse(Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().name("keypost-cryptography-", 0).daemon().factory());
  }

  /** Reads {@code mail.accepted}. */
  @Produces
  @Singleton
  Stage<AcceptedMail> stage(VerifierConfig config, Directory directory, InstantSource clock) {
    VerificationStage verification = new VerificationStage(directory, cryptography, clock);
    return Stage.of(
        "verifier", RetryTopics.ACCEPTED, config, MailEvents.ACCEPTED, verification::decide);
  }

  @PreDestroy
  void stop() {
    cryptography.shutdown();
  }
}
