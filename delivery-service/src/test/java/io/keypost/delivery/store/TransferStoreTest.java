package io.keypost.delivery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.fixture.TestOperator;
import io.keypost.delivery.handover.Destination;
import io.keypost.delivery.handover.Doubt;
import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.handover.Outbound;
import io.keypost.delivery.handover.Postponed;
import io.keypost.delivery.work.LeaseTerms;
import io.keypost.protocol.address.MailDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The transfer queue on PostgreSQL (KP-OUT-4, KP-OUT-5; threats T22, T23). */
class TransferStoreTest {
  private static final Instant NOW = TestMail.NOW.plusSeconds(5);
  private static final LeaseTerms TERMS = new LeaseTerms(UUID.randomUUID(), Duration.ofMinutes(1));

  private final TestMail mail = new TestMail(11);
  private final TransferStore transfers = new TransferStore();
  private final OutcomeStore outcomes = new OutcomeStore();
  @RegisterExtension private final TestDatabase database = new TestDatabase();
  private final Database access = database.access();

  @Test
  void queuesAReplayedEnvelopeOnce() {
    HeldMail one = mail.held("alice@alpha.test", "bob@beta.test");
    enqueue(one, one);
    enqueue(one);

    assertThat(lease(NOW)).extracting(leased -> leased.mail()).containsExactly(one);
  }

  @Test
  void neverQueuesAnEnvelopeWhoseOutcomeStands() {
    HeldMail one = mail.held("alice@alpha.test", "bob@beta.test");
    settle(one, new TerminalOutcome.Expired());

    enqueue(one);

    assertThat(lease(NOW)).isEmpty();
  }

  @Test
  void sharesTheQueueBetweenWorkersSoThatNobodyHasARowTwice() throws Exception {
    List<Outbound> batch = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      batch.add(outbound(mail.held("alice@alpha.test", "bob@beta.test")));
    }
    access.transact(connection -> transfers.enqueue(connection, batch, NOW));
    CyclicBarrier together = new CyclicBarrier(3);
    Callable<List<Leased>> worker =
        () -> {
          together.await();
          return lease(NOW);
        };

    List<Leased> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var result : threads.invokeAll(List.of(worker, worker, worker))) {
        all.addAll(result.get());
      }
    }
    all.addAll(lease(NOW));

    assertThat(all).hasSize(60);
    assertThat(all).extracting(leased -> leased.mail().key()).doesNotHaveDuplicates();
  }

  @Test
  void leavesOutDestinationsThatAreBusy() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));

    List<Leased> leased =
        access.inTransaction(
            connection ->
                transfers.lease(
                    connection, List.of(MailDomain.parse("beta.test")), NOW, TERMS, 10));

    assertThat(leased).isEmpty();
  }

  @Test
  void putsAnEnvelopeInDoubtWhoseWorkerDied() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    assertThat(lease(NOW).getFirst().doubt()).isEqualTo(Doubt.NONE);

    assertThat(lease(NOW)).isEmpty();
    firstTimeIsOver();
    leasesRunOut();
    List<Leased> again = lease(NOW);

    assertThat(again).extracting(Leased::doubt).containsExactly(Doubt.PEER_MAY_HOLD_IT);
  }

  @Test
  @DisplayName("T23: what is renewed stays with its worker, however long the work takes")
  void keepsRenewedWorkFromOthers() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    assertThat(lease(NOW)).hasSize(1);

    firstTimeIsOver();
    assertThat(lease(NOW)).as("its lease still stands").isEmpty();
    leasesRunOut();
    assertThat(lease(NOW)).hasSize(1);
  }

  @Test
  void givesEachDestinationALeaseOfItsOwn() {
    HeldMail toBeta = mail.held("alice@alpha.test", "bob@beta.test");
    HeldMail toGamma = mail.held("alice@alpha.test", "eve@gamma.test");
    Outbound gamma =
        new Outbound(toGamma, new Destination(MailDomain.parse("gamma.test"), "default"));
    enqueue(toBeta, mail.held("alice@alpha.test", "carol@beta.test"));
    access.transact(connection -> transfers.enqueue(connection, List.of(gamma), NOW));

    List<Leased> leased = lease(NOW);

    assertThat(leased).hasSize(3);
    assertThat(leased.stream().map(Leased::lease).distinct()).hasSize(2);
    assertThat(database.count("lease where holder = '" + TERMS.holder() + "'")).isEqualTo(2);
    assertThat(
            leased.stream()
                .filter(l -> l.destination().operator().value().equals("beta.test"))
                .map(Leased::lease)
                .distinct())
        .hasSize(1);
  }

  @Test
  @DisplayName("T23: a worker that comes back after its lease has nothing to decide any more")
  void letsAWorkerDecideOnlyWhatItStillHas() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    Leased late = lease(NOW).getFirst();
    firstTimeIsOver();
    leasesRunOut();
    Leased current = lease(NOW).getFirst();

    assertThat(stillLeased(late)).isEmpty();
    assertThat(stillLeased(current)).containsExactly(current.mail().key());
  }

  @Test
  void takesTheDoubtBackWithTheAnswer() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    postpone(lease(NOW).getFirst(), Doubt.NONE);

    List<Leased> again = lease(NOW.plusSeconds(10));

    assertThat(again).extracting(Leased::doubt).containsExactly(Doubt.NONE);
    assertThat(again).extracting(Leased::attempts).containsExactly(1);
  }

  @Test
  void givesBackWhatWasNotBegunAsItWas() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    Leased fresh = lease(NOW).getFirst();
    access.transact(connection -> transfers.release(connection, List.of(fresh)));

    Leased again = lease(NOW).getFirst();
    assertThat(again.doubt()).isEqualTo(Doubt.NONE);
    assertThat(again.attempts()).isZero();

    postpone(again, Doubt.PEER_MAY_HOLD_IT);
    Leased doubtful = lease(NOW.plusSeconds(10)).getFirst();
    access.transact(connection -> transfers.release(connection, List.of(doubtful, fresh)));
    assertThat(lease(NOW.plusSeconds(10)))
        .extracting(Leased::doubt)
        .containsExactly(Doubt.PEER_MAY_HOLD_IT);
  }

  @Test
  void ignoresAWorkerThatComesBackAfterItsLease() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    Leased late = lease(NOW).getFirst();
    firstTimeIsOver();
    leasesRunOut();
    Leased current = lease(NOW).getFirst();

    postpone(late, Doubt.NONE);

    assertThat(database.count("transfer where lease = '" + current.lease() + "'")).isOne();
  }

  @Test
  void keepsWhatWasHandedOverUntilItsOutcomeStands() {
    HeldMail one = mail.held("alice@alpha.test", "bob@beta.test");
    enqueue(one);
    access.transact(connection -> transfers.handedOver(connection, lease(NOW), NOW));

    assertThat(lease(NOW.plus(Duration.ofHours(1)))).isEmpty();
    assertThat(transfers.countByState(access)).containsEntry("handed_over", 1L);
    enqueue(one);
    assertThat(database.count("transfer")).isOne();

    settle(one, new TerminalOutcome.Delivered());
    assertThat(database.count("transfer")).isZero();
  }

  @Test
  void expiresOnlyWhatCustodyIsHereForByKpOut4() {
    HeldMail here = mail.held("alice@alpha.test", "bob@beta.test");
    HeldMail doubtful = mail.held("alice@alpha.test", "carol@beta.test");
    enqueue(doubtful);
    postpone(lease(NOW).getFirst(), Doubt.PEER_MAY_HOLD_IT);
    enqueue(here);
    Instant over = here.facts().expires();

    assertThat(expired(over.minusMillis(1))).isEmpty();
    assertThat(expired(over)).extracting(leased -> leased.mail()).containsExactly(here);
    assertThat(lease(over)).isEmpty();
    List<Leased> unconfirmed = access.inTransaction(c -> transfers.unconfirmed(c, over, 10));
    assertThat(unconfirmed).hasSize(2);
  }

  @Test
  void sendsAnEnvelopeAnotherWay() {
    enqueue(mail.held("alice@alpha.test", "bob@beta.test"));
    Leased work = lease(NOW).getFirst();
    Destination moved = new Destination(MailDomain.parse("gamma.test"), "second");

    access.transact(connection -> transfers.redirect(connection, work, moved));
    postpone(work, Doubt.NONE);

    assertThat(lease(NOW.plusSeconds(10))).extracting(Leased::destination).containsExactly(moved);
  }

  private List<Leased> expired(Instant now) {
    return access.inTransaction(connection -> transfers.expired(connection, now, 10));
  }

  private void enqueue(HeldMail... mails) {
    List<Outbound> batch = List.of(mails).stream().map(TransferStoreTest::outbound).toList();
    access.transact(connection -> transfers.enqueue(connection, batch, NOW));
  }

  private static Outbound outbound(HeldMail held) {
    return new Outbound(held, new Destination(MailDomain.parse("beta.test"), "default"));
  }

  private List<Leased> lease(Instant now) {
    return access.inTransaction(
        connection -> transfers.lease(connection, List.of(), now, TERMS, 20));
  }

  private Set<EnvelopeKey> stillLeased(Leased work) {
    return access.inTransaction(connection -> transfers.stillLeased(connection, List.of(work)));
  }

  /** As if the time that every lease was first given for had passed. */
  private void firstTimeIsOver() {
    database.rows("update transfer set leased_until = leased_until - interval '2 minutes'");
  }

  /** As if nobody had renewed any lease for its time. */
  private void leasesRunOut() {
    database.rows("update lease set held_until = held_until - interval '2 minutes'");
  }

  private void postpone(Leased work, Doubt doubt) {
    Postponed later = new Postponed(work, NOW.plusSeconds(10), "busy", doubt);
    access.transact(connection -> transfers.postpone(connection, List.of(later)));
  }

  private void settle(HeldMail held, TerminalOutcome outcome) {
    TestOperator alpha = new TestOperator("alpha.test", TestMail.NOW);
    Settlement settlement =
        Settlement.plain(
            held.facts(),
            outcome,
            NOW,
            alpha.receipts().sign(held.facts(), outcome, NOW, alpha.domain));
    access.transact(connection -> outcomes.settle(connection, List.of(settlement)));
  }
}
