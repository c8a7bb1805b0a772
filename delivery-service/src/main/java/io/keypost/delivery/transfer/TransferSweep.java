package io.keypost.delivery.transfer;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.Proof;
import io.keypost.delivery.custody.ReceiptFactory;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.delivery.store.TransferStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/**
 * Ends what was not handed over in its life (KP-OUT-5): what custody is here for becomes {@code
 * expired} at once; what the peer has or may have becomes {@code expired(unconfirmed)} when its
 * receipt was waited for a week longer (KP-OUT-4).
 */
@ApplicationScoped
public class TransferSweep {
  private static final String STAGE = "transfer";
  private static final int BATCH = 200;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final Database database;
  private final TransferStore transfers;
  private final OutcomeStore outcomes;
  private final ReceiptSigning receipts;
  private final Event<OutcomesSettled> settled;
  private final InstantSource clock;
  private final boolean active;
  private final WorkLoop loop;

  TransferSweep(
      Database database,
      TransferStore transfers,
      OutcomeStore outcomes,
      ReceiptSigning receipts,
      Event<OutcomesSettled> settled,
      InstantSource clock,
      DeliveryConfig config,
      Stopping stopping) {
    this.database = database;
    this.transfers = transfers;
    this.outcomes = outcomes;
    this.receipts = receipts;
    this.settled = settled;
    this.clock = clock;
    this.active = config.runs(DeliveryRole.TRANSFER);
    this.loop = new WorkLoop("transfer-sweep", IDLE, this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (active) {
      loop.start();
    }
  }

  void end(@Observes ShutdownEvent stop) {
    loop.close();
  }

  /** Ends what is over; returns how many envelopes. */
  int step() {
    if (!receipts.isEnrolled()) {
      return 0;
    }
    return expire() + giveUpWaiting();
  }

  private int expire() {
    ReceiptFactory signing = receipts.require();
    Instant now = clock.instant();
    return sweep(
        work -> {
          TerminalOutcome expired = new TerminalOutcome.Expired();
          return Settlement.plain(
              work.mail().facts(),
              expired,
              now,
              signing.sign(work.mail().facts(), expired, now, work.mail().returnOperator()));
        },
        connection -> transfers.expired(connection, now, BATCH));
  }

  private int giveUpWaiting() {
    Instant now = clock.instant();
    Instant expiredBy = now.minus(OutcomeRules.RECEIPT_AFTER_EXPIRY);
    return sweep(
        work ->
            Settlement.plain(
                work.mail().facts(), new TerminalOutcome.Unconfirmed(), now, new Proof.Unsigned()),
        connection -> transfers.unconfirmed(connection, expiredBy, BATCH));
  }

  private int sweep(Function<Leased, Settlement> end, Function<SqlConnection, List<Leased>> over) {
    List<Settlement> ended =
        database.inTransaction(
            connection ->
                outcomes.settle(connection, over.apply(connection).stream().map(end).toList()));
    settled.fire(new OutcomesSettled(STAGE, ended));
    return ended.size();
  }
}
