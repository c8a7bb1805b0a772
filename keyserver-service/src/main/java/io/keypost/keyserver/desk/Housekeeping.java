package io.keypost.keyserver.desk;

import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** What falls due by the clock and not by a request. Every instance runs it; the locks decide. */
@Singleton
class Housekeeping {
  private static final Logger LOG = Logger.getLogger(Housekeeping.class);

  private final OwnCertificates ownCertificates;
  private final Credential credential;
  private final ConsentRenewals consents;
  private final TokenDesk tokens;
  private final HeartbeatDesk heartbeats;

  @Inject
  Housekeeping(
      OwnCertificates ownCertificates,
      Credential credential,
      ConsentRenewals consents,
      TokenDesk tokens,
      HeartbeatDesk heartbeats) {
    this.ownCertificates = ownCertificates;
    this.credential = credential;
    this.consents = consents;
    this.tokens = tokens;
    this.heartbeats = heartbeats;
  }

  /** A restart is ready at once, not at the next tick. */
  void start(@Observes StartupEvent event) {
    credential.refresh();
  }

  /** Another instance may have taken the authority or renewed the certificate. */
  @Scheduled(
      identity = "credential",
      every = "10s",
      delayed = "10s",
      concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void refreshCredential() {
    quietly("the certificate in force cannot be looked up", credential::refresh);
  }

  /** As often as {@code HeartbeatTimes.SWEEP_EVERY}. */
  @Scheduled(
      identity = "heartbeats",
      every = "2s",
      delayed = "2s",
      concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void sweepHeartbeats() {
    quietly("late heartbeats cannot be looked for", heartbeats::sweep);
  }

  @Scheduled(
      identity = "renewal",
      every = "1h",
      delayed = "1m",
      concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void renew() {
    quietly("own certificates cannot be renewed", ownCertificates::renewAll);
  }

  @Scheduled(
      identity = "consents",
      every = "5m",
      delayed = "1m",
      concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void renewConsents() {
    quietly("consents to aliases cannot be renewed", consents::renewAll);
  }

  @Scheduled(
      identity = "used-assertions",
      every = "10m",
      delayed = "1m",
      concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void forgetAssertions() {
    quietly("used assertions cannot be cleared", tokens::forgetExpired);
  }

  /** Due again at the next tick: a database that is away must not end the schedule. */
  static void quietly(String failure, Runnable work) {
    try {
      work.run();
    } catch (RefusedException e) {
      LOG.warnf("%s: %s", failure, e.getMessage());
    }
  }
}
