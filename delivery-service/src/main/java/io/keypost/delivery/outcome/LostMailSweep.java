package io.keypost.delivery.outcome;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.custody.LostMail;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.ReceiptFactory;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.LostMailStore;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.keypost.protocol.address.MailDomain;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Ends what a stage lost: in flight until its life is over, then {@code expired} (KP-OUT-5,
 * KP-OUT-7, KP-OUT-8). What the dead letters tell of, whoever brought it, ends at {@code expires};
 * so do submissions that nothing tells of, an hour later, which is left to stages that are still
 * behind and whose own expiry says the same. A letter that was replayed and has its outcome by then
 * is left alone.
 */
@ApplicationScoped
public class LostMailSweep {
  private static final String STAGE = "lost";
  private static final int BATCH = 200;
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration STAGES_BEHIND = Duration.ofHours(1);

  /** As far back as this looks: what is older was ended when it came by. */
  static final Duration LOOKS_BACK = Duration.ofDays(10);

  private final Database database;
  private final LostMailStore lostMail;
  private final OutcomeStore outcomes;
  private final ReceiptSigning receipts;
  private final Event<OutcomesSettled> settled;
  private final MailDomain operator;
  private final InstantSource clock;
  private final boolean active;
  private final WorkLoop loop;

  LostMailSweep(
      Database database,
      LostMailStore lostMail,
      OutcomeStore outcomes,
      ReceiptSigning receipts,
      Event<OutcomesSettled> settled,
      MailDomain operator,
      InstantSource clock,
      DeliveryConfig config,
      Stopping stopping) {
    this.database = database;
    this.lostMail = lostMail;
    this.outcomes = outcomes;
    this.receipts = receipts;
    this.settled = settled;
    this.operator = operator;
    this.clock = clock;
    this.active = config.runs(DeliveryRole.OUTCOME);
    this.loop = new WorkLoop("lost-mail-sweep", IDLE, this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (active) {
      loop.start();
    }
  }

  void end(@Observes ShutdownEvent stop) {
    loop.close();
  }

  /** Ends what was lost; returns how many envelopes. */
  int step() {
    if (!receipts.isEnrolled()) {
      return 0;
    }
    ReceiptFactory signing = receipts.require();
    Instant now = clock.instant();
    LostMailStore.Submitted submitted =
        new LostMailStore.Submitted(operator, now.minus(LOOKS_BACK), now.minus(STAGES_BEHIND));
    List<Settlement> ended =
        database.inTransaction(
            connection -> {
              List<Settlement> proposed =
                  lostMail.over(connection, now, submitted, BATCH).stream()
                      .map(lost -> expired(lost, signing, now))
                      .toList();
              List<Settlement> effective = outcomes.settle(connection, proposed);
              lostMail.forgetEnded(connection, now, BATCH);
              return effective;
            });
    settled.fire(new OutcomesSettled(STAGE, ended));
    return ended.size();
  }

  private static Settlement expired(LostMail lost, ReceiptFactory signing, Instant now) {
    TerminalOutcome outcome = new TerminalOutcome.Expired();
    return Settlement.plain(
        lost.mail(), outcome, now, signing.sign(lost.mail(), outcome, now, lost.returnOperator()));
  }
}
