package io.keypost.delivery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.OutcomeRules.ReceiptVerdict;
import io.keypost.delivery.custody.Proof;
import io.keypost.delivery.custody.Sent;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.Submission;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.custody.WaitingReceipt;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.fixture.TestOperator;
import io.keypost.delivery.outcome.Proposals;
import io.keypost.delivery.outcome.Proposals.Disposal;
import io.keypost.delivery.outcome.Proposals.Ending;
import io.keypost.delivery.store.OutboxStore.PostponedReceipt;
import io.keypost.delivery.work.LeaseTerms;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeKind;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.protocol.address.Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What becomes of proposals and receipts (KP-OUT-1, KP-OUT-7, KP-RCP-1, KP-RCP-3, KP-RCP-4; T32).
 */
class ProposalsTest {
  private static final Instant NOW = TestMail.NOW.plusSeconds(5);
  private static final LeaseTerms TERMS = new LeaseTerms(UUID.randomUUID(), Duration.ofMinutes(1));
  private static final Address ALICE = Address.parse("alice@alpha.test");

  private final TestOperator alpha = new TestOperator("alpha.test", TestMail.NOW);
  private final TestOperator beta = new TestOperator("beta.test", TestMail.NOW);
  private final TestMail mail = new TestMail(13);
  private final OutcomeStore outcomes = new OutcomeStore();
  private final SubmissionStore submissions = new SubmissionStore();
  private final OutboxStore outbox = new OutboxStore();
  @RegisterExtension private final TestDatabase database = new TestDatabase();
  private final Database access = database.access();
  private final Proposals proposals = new Proposals(access, outcomes, submissions);

  @Test
  void makesAPeersReceiptTheOutcomeOfASubmissionByKpRcp4() {
    HeldMail one = submitted();
    assertThat(list()).singleElement().extracting(Sent::end).isEqualTo(Optional.empty());

    ProposedOutcome.CheckedReceipt receipt = receipt(beta, one, delivered());
    Disposal disposal = dispose(receipt);

    assertThat(disposal.receipts()).containsOnly(java.util.Map.entry(ReceiptVerdict.SETTLES, 1));
    Sent.End end = list().getFirst().end().orElseThrow();
    assertThat(end.outcome()).isEqualTo(delivered());
    assertThat(end.receipt()).contains(receipt.receipt());
    assertThat(end.chain().orElseThrow().certificates()).isEqualTo(receipt.chain());
    assertThat(end.checkedAt()).contains(receipt.checkedAt());
    assertThat(database.count("outcome where root = '\\x" + beta.root().hex() + "'")).isOne();
    assertThat(database.count("receipt_outbox")).as("nobody answers a receipt").isZero();
  }

  @Test
  void publishesOneEventForEachOutcome() {
    HeldMail one = submitted();
    dispose(receipt(beta, one, delivered()));
    dispose(receipt(beta, one, delivered()));

    var events = access.inTransaction(connection -> outbox.events(connection, 10));
    assertThat(events)
        .extracting(waiting -> MailEvents.OUTCOME.decode(waiting.event().toByteArray()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.outcome()).isEqualTo(OutcomeKind.DELIVERED);
              assertThat(event.sender()).isEqualTo(ALICE);
              assertThat(event.envelopeDigest()).isEqualTo(one.key().envelopeDigest());
            });
    access.transact(connection -> outbox.published(connection, events));
    assertThat(database.count("outcome_outbox")).isZero();
  }

  @Test
  void leavesTheOutcomeThatStandsWhenAReceiptSaysOtherwiseByKpRcp3() {
    HeldMail one = submitted();
    dispose(receipt(beta, one, new TerminalOutcome.Refused("policy")));

    Disposal disposal = dispose(receipt(beta, one, delivered()));

    assertThat(disposal.receipts()).containsKey(ReceiptVerdict.CONTRADICTS);
    assertThat(disposal.settled()).isEmpty();
    assertThat(list().getFirst().end().orElseThrow().outcome())
        .isEqualTo(new TerminalOutcome.Refused("policy"));
  }

  @Test
  void leavesAReceiptAloneThatIsAboutNothingKnownByKpRcp3() {
    HeldMail stranger = mail.held("alice@alpha.test", "bob@beta.test");

    Disposal disposal = dispose(receipt(beta, stranger, delivered()));

    assertThat(disposal.receipts()).containsKey(ReceiptVerdict.UNKNOWN);
    assertThat(database.count("outcome")).isZero();
  }

  @Test
  void takesNoReceiptWhoseSignatureIsNotItsSignersByKpRcp3() {
    HeldMail one = submitted();
    ProposedOutcome.CheckedReceipt genuine = receipt(beta, one, delivered());
    ProposedOutcome.CheckedReceipt forged =
        new ProposedOutcome.CheckedReceipt(
            genuine.envelopeDigest(),
            genuine.recipient(),
            genuine.receipt(),
            alpha.receiptChain().certificates(),
            genuine.root(),
            genuine.checkedAt());

    assertThatThrownBy(() -> dispose(forged)).isInstanceOf(IllegalArgumentException.class);
    assertThat(database.count("outcome")).isZero();
  }

  @Test
  void replacesAnUnconfirmedEndByALaterReceipt() {
    HeldMail one = submitted();
    Settlement unconfirmed =
        Settlement.plain(one.facts(), new TerminalOutcome.Unconfirmed(), NOW, new Proof.Unsigned());
    access.transact(connection -> outcomes.settle(connection, List.of(unconfirmed)));
    assertThat(list().getFirst().end().orElseThrow().outcome().codeText()).contains("unconfirmed");

    dispose(receipt(beta, one, delivered()));

    assertThat(list().getFirst().end().orElseThrow().outcome()).isEqualTo(delivered());
    assertThat(database.count("outcome_outbox")).isOne();
  }

  @Test
  void keepsACodeThatThisVersionDoesNotKnow() {
    HeldMail one = submitted();

    dispose(receipt(beta, one, new TerminalOutcome.Refused("of_another_century")));

    assertThat(list().getFirst().end().orElseThrow().outcome().codeText())
        .contains("of_another_century");
  }

  @Test
  void signsARefusalOfItsOwnAndConfirmsItWhenItsReceiptComesBack() {
    HeldMail one = submitted();
    TerminalOutcome unknown = new TerminalOutcome.Refused("recipient_unknown");
    Disposal disposal =
        proposals.dispose(
            List.of(
                new Ending(one, unknown, Optional.of("no such address"), Optional.empty(), NOW)),
            List.of(),
            alpha.receipts());
    assertThat(disposal.settled()).hasSize(1);

    WaitingReceipt waiting = leaseReceipts(NOW).getFirst();
    assertThat(waiting.operator()).isEqualTo(alpha.domain);
    assertThat(waiting.giveUpAt()).isEqualTo(one.facts().expires().plus(Duration.ofDays(7)));
    Disposal back =
        dispose(
            new ProposedOutcome.CheckedReceipt(
                one.key().envelopeDigest(),
                one.key().recipient(),
                waiting.receipt(),
                waiting.chain().certificates(),
                alpha.root(),
                NOW.plusSeconds(1)));

    assertThat(back.receipts()).containsKey(ReceiptVerdict.CONFIRMS);
    Sent.End end = list().getFirst().end().orElseThrow();
    assertThat(end.outcome()).isEqualTo(unknown);
    assertThat(end.detail()).contains("no such address");
    assertThat(end.checkedAt()).contains(NOW.plusSeconds(1));
  }

  @Test
  void letsTheFirstOfTwoProposalsStandByKpOut1() {
    HeldMail one = submitted();
    Ending refused =
        new Ending(
            one, new TerminalOutcome.Refused("policy"), Optional.empty(), Optional.empty(), NOW);
    Ending expired =
        new Ending(one, new TerminalOutcome.Expired(), Optional.empty(), Optional.empty(), NOW);

    assertThat(proposals.dispose(List.of(refused), List.of(), alpha.receipts()).settled())
        .hasSize(1);
    assertThat(proposals.dispose(List.of(expired), List.of(), alpha.receipts()).settled())
        .isEmpty();
    assertThat(database.count("receipt_outbox")).isOne();
  }

  @Test
  void postsAReceiptAgainOnlyWhenItIsDueAndNotBusyByKpRcp1() {
    HeldMail one = submitted();
    proposals.dispose(
        List.of(
            new Ending(
                one, new TerminalOutcome.Expired(), Optional.empty(), Optional.empty(), NOW)),
        List.of(),
        alpha.receipts());
    WaitingReceipt leased = leaseReceipts(NOW).getFirst();
    assertThat(leaseReceipts(NOW)).as("somebody works on it").isEmpty();

    outbox.postponeReceipts(access, List.of(new PostponedReceipt(leased, NOW.plusSeconds(60))));
    assertThat(leaseReceipts(NOW.plusSeconds(59))).isEmpty();
    assertThat(outbox.leaseReceipts(access, List.of(alpha.domain), NOW.plusSeconds(60), TERMS, 10))
        .isEmpty();
    List<WaitingReceipt> again = leaseReceipts(NOW.plusSeconds(60));
    assertThat(again).extracting(WaitingReceipt::attempts).containsExactly(1);

    outbox.receiptsDone(access, again);
    assertThat(database.count("receipt_outbox")).isZero();
  }

  @Test
  void givesReceiptsToAnotherWhenTheirWorkerDied() {
    HeldMail one = submitted();
    proposals.dispose(
        List.of(
            new Ending(
                one, new TerminalOutcome.Expired(), Optional.empty(), Optional.empty(), NOW)),
        List.of(),
        alpha.receipts());
    WaitingReceipt dead = leaseReceipts(NOW).getFirst();

    database.rows("update receipt_outbox set leased_until = leased_until - interval '2 minutes'");
    assertThat(leaseReceipts(NOW)).as("its lease still stands").isEmpty();
    database.rows("update lease set held_until = held_until - interval '2 minutes'");
    WaitingReceipt living = leaseReceipts(NOW).getFirst();
    outbox.postponeReceipts(access, List.of(new PostponedReceipt(dead, NOW.plusSeconds(60))));

    assertThat(database.count("receipt_outbox where lease = '" + living.lease() + "'")).isOne();
  }

  @Test
  void listsWhatOneUserSentPageByPage() {
    for (int i = 0; i < 5; i++) {
      submitted();
    }
    List<Sent> first = submissions.list(access, ALICE, 0, 3).lines();
    List<Sent> rest = submissions.list(access, ALICE, first.getLast().position(), 3).lines();

    assertThat(first).hasSize(3);
    assertThat(rest).hasSize(2);
    assertThat(submissions.list(access, Address.parse("bob@alpha.test"), 0, 10).lines()).isEmpty();
  }

  private HeldMail submitted() {
    HeldMail held = mail.held(ALICE.toString(), "bob@beta.test");
    Submission submission =
        new Submission(held.facts(), held.key().recipient(), TestMail.NOW, TestMail.NOW);
    access.transact(connection -> submissions.insert(connection, List.of(submission, submission)));
    return held;
  }

  private List<Sent> list() {
    return submissions.list(access, ALICE, 0, 100).lines();
  }

  private List<WaitingReceipt> leaseReceipts(Instant now) {
    return outbox.leaseReceipts(access, List.of(), now, TERMS, 10);
  }

  private Disposal dispose(ProposedOutcome.CheckedReceipt receipt) {
    return proposals.dispose(List.of(), List.of(receipt), alpha.receipts());
  }

  private static ProposedOutcome.CheckedReceipt receipt(
      TestOperator by, HeldMail about, TerminalOutcome outcome) {
    Proof.OwnReceipt signed = by.receipts().sign(about.facts(), outcome, NOW, by.domain);
    return new ProposedOutcome.CheckedReceipt(
        about.key().envelopeDigest(),
        about.key().recipient(),
        signed.receipt(),
        signed.chain().certificates(),
        by.root(),
        NOW.plusSeconds(2));
  }

  private static TerminalOutcome delivered() {
    return new TerminalOutcome.Delivered();
  }
}
