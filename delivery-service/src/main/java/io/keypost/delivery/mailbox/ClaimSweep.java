package io.keypost.delivery.mailbox;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.MailboxStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Forgets claims of message ids whose time is over (KP-OUT-3): nothing can be delivered under them
 * any more, since the envelopes that held them expired a day before. Replicas may do it at once,
 * each takes what no other has locked.
 */
@ApplicationScoped
public class ClaimSweep {
  /** Rows of one statement, so that none holds its locks for long. */
  static final int BATCH = 1_000;

  private static final Duration IDLE = Duration.ofMinutes(10);

  private final Database database;
  private final MailboxStore mailboxes;
  private final InstantSource clock;
  private final boolean active;
  private final WorkLoop loop;

  ClaimSweep(
      Database database,
      MailboxStore mailboxes,
      InstantSource clock,
      DeliveryConfig config,
      Stopping stopping) {
    this.database = database;
    this.mailboxes = mailboxes;
    this.clock = clock;
    this.active = config.runs(DeliveryRole.MAILBOX);
    this.loop = new WorkLoop("claim-sweep", IDLE, this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (active) {
      loop.start();
    }
  }

  void end(@Observes ShutdownEvent stop) {
    loop.close();
  }

  /** Forgets one batch; returns how many claims. */
  int step() {
    return mailboxes.purgeClaims(database, clock.instant(), BATCH);
  }
}
