package io.keypost.delivery;

import static io.keypost.testsupport.TestTopics.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.DeliveryWorld.Peer;
import io.keypost.delivery.fixture.PlayedServer;
import io.keypost.delivery.fixture.PlayedServer.Reaction;
import io.keypost.delivery.fixture.PlayedServer.Transfer;
import io.keypost.delivery.fixture.Rows;
import io.keypost.directory.testing.TestDomain;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.mail.OutcomeKind;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Mail of users here for another operator, whose server is played, over real TLS. */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class TransferServiceTest {
  DeliveryWorld world;
  @Inject Pool pool;

  private Rows rows;
  private Address alice;

  @BeforeEach
  void look() {
    rows = new Rows(pool);
    alice = world.here().address("alice");
  }

  @Test
  @DisplayName("KP-OUT-4, KP-RCP-4: what the peer accepted is its to end; its receipt is kept")
  void handsOverAndTakesTheReceiptForTheOutcome() {
    Peer far = world.far();
    SealedMail mail = leave(far, Duration.ofDays(1));

    Transfer transfer = awaitTransfers(far, mail, 1).getFirst();

    assertThat(Digest.sha256(transfer.payload())).isEqualTo(mail.payload().sha256());
    assertThat(transfer.certificate())
        .isEqualTo(CertificateDigests.certificate(world.identity().chain().getFirst()));
    awaitState(mail, "state = 'handed_over' and not uncertain");
    assertThat(rows.about(mail, "outcome")).isZero();
    var receipt = world.receipt(far.operator(), mail, new TerminalOutcome.Delivered());
    world.topics().put(MailEvents.PROPOSED, receipt);
    OutcomeEvent outcome = awaitOutcome(mail);
    assertThat(outcome.outcome()).isEqualTo(OutcomeKind.DELIVERED);
    assertThat(outcome.receipt()).isEqualTo(receipt.receipt());
    assertThat(rows.about(mail, "transfer")).isZero();
    assertThat(far.door().transfersOf(mail.envelope())).hasSize(1);
  }

  @Test
  @DisplayName("KP-OUT-4: what the peer refuses for good ends here, signed by this operator")
  void endsWhatThePeerRefuses() {
    Peer far = world.far();
    SealedMail mail = world.mail(alice, far.address("zoe"));
    far.door()
        .react(
            mail.envelope().envelope().messageId(),
            Reaction.refuses(Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "too large for us")));
    leave(mail, far);

    OutcomeEvent outcome = awaitOutcome(mail);

    assertThat(outcome.outcome()).isEqualTo(OutcomeKind.REFUSED);
    assertThat(outcome.code()).contains(RefusalCode.PAYLOAD_TOO_LARGE.wire());
    assertThat(rows.about(mail, "transfer")).isZero();
    ReceiptRecord record = awaitOwnReceipt(mail);
    assertThat(record.outcome()).isEqualTo(ReceiptOutcome.REFUSED);
    assertThat(record.operator()).isEqualTo(world.here().domain());
  }

  @Test
  @DisplayName("KP-TRF-5: a peer that asks to be asked later is not asked before")
  void waitsAsLongAsThePeerAsks() {
    Peer far = world.far();
    Duration asked = Duration.ofSeconds(2);
    SealedMail mail = world.mail(alice, far.address("zoe"));
    far.door()
        .react(
            mail.envelope().envelope().messageId(),
            Reaction.refuses(new Refusal.RetryAfter(RefusalCode.BUSY, asked, "later")));
    leave(mail, far);

    List<Transfer> attempts = awaitTransfers(far, mail, 2);

    assertThat(attempts.get(1).at()).isAfterOrEqualTo(attempts.get(0).at().plus(asked));
    awaitState(mail, "state = 'handed_over' and attempts = 2");
    assertThat(rows.about(mail, "outcome")).isZero();
  }

  @Test
  @DisplayName("KP-OUT-5, T26: a peer that is away is tried until the envelope expires")
  void triesAPeerThatIsAwayUntilTheEnvelopeExpires() {
    Peer gone = world.newPeer("gone");
    gone.door().goAway();
    SealedMail dying = leave(gone, Duration.ofSeconds(3));
    awaitState(dying, "attempts >= 1 and state = 'queued'");
    SealedMail patient = leave(gone, Duration.ofDays(1));
    awaitState(patient, "attempts >= 1 and state = 'queued'");

    assertThat(awaitOutcome(dying).outcome()).isEqualTo(OutcomeKind.EXPIRED);
    assertThat(rows.about(dying, "transfer")).isZero();
    assertThat(awaitOwnReceipt(dying).outcome()).isEqualTo(ReceiptOutcome.EXPIRED);
    assertThat(rows.about(patient, "outcome")).isZero();
    gone.door().comeBack();
    awaitTransfers(gone, patient, 1);
    awaitState(patient, "state = 'handed_over'");
    assertThat(gone.door().transfersOf(dying.envelope())).isEmpty();
  }

  @Test
  @DisplayName("T47, KP-OUT-4: after a lost answer only the peer's receipt says how it ends")
  void leavesTheEndToThePeerAfterALostAnswer() {
    Peer flaky = world.newPeer("flaky");
    SealedMail mail = world.mail(alice, flaky.address("zoe"));
    Reaction refuses = Reaction.refuses(Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "too large"));
    flaky
        .door()
        .react(
            mail.envelope().envelope().messageId(),
            new Reaction.HangsUp(),
            refuses,
            refuses,
            refuses);
    leave(mail, flaky);

    awaitTransfers(flaky, mail, 2);
    awaitState(mail, "last_problem = 'too large' and uncertain and state = 'queued'");
    assertThat(rows.about(mail, "outcome")).isZero();
    var delivered = new TerminalOutcome.Delivered();
    world.topics().put(MailEvents.PROPOSED, world.receipt(flaky.operator(), mail, delivered));
    assertThat(awaitOutcome(mail).outcome()).isEqualTo(OutcomeKind.DELIVERED);
    assertThat(rows.about(mail, "transfer")).isZero();
  }

  @Test
  @DisplayName("KP-TRF-11: mail for a domain that moved goes to the operator that it is at now")
  void bringsMailToWhereItsDomainIsNow() {
    Peer former = world.newPeer("former");
    Peer present = world.newPeer("present");
    TestDomain moved = world.newDomain("moved", present.operator());
    Address zoe = moved.user("zoe").address();
    SealedMail mail = world.mail(alice, zoe);
    former
        .door()
        .react(
            mail.envelope().envelope().messageId(),
            Reaction.refuses(
                new Refusal.RetryAfter(RefusalCode.NOT_OPERATOR, Duration.ZERO, "moved away")));

    leave(mail, former);

    awaitTransfers(present, mail, 1);
    awaitState(mail, "state = 'handed_over' and not uncertain");
    assertThat(former.door().transfersOf(mail.envelope())).hasSize(1);
    assertThat(rows.about(mail, "outcome")).isZero();
  }

  @Test
  @DisplayName("KP-OUT-21: what is held for a user whose domain moved away goes back to the client")
  void givesMailBackWhoseSendersDomainMovedAway() {
    Peer far = world.far();
    TestDomain moved = world.newDomain("moved", far.operator());
    Reaction refuses =
        Reaction.refuses(Refusal.of(RefusalCode.OPERATOR_NOT_NAMED, "it does not name you"));
    SealedMail away = world.mail(moved.address("alice"), far.address("zoe"));
    SealedMail stays = world.mail(alice, far.address("zoe"));
    far.door().react(away.envelope().envelope().messageId(), refuses);
    far.door().react(stays.envelope().envelope().messageId(), refuses);

    leave(away, far);
    leave(stays, far);

    OutcomeEvent outcome = awaitOutcome(away);
    assertThat(outcome.outcome()).isEqualTo(OutcomeKind.NEEDS_CLIENT);
    assertThat(outcome.code()).contains(RefusalCode.MOVED.wire());
    assertThat(rows.about(away, "transfer")).isZero();
    awaitState(stays, "attempts >= 1 and state = 'queued'");
    assertThat(rows.about(stays, "outcome")).as("who called is no fault of the message").isZero();
  }

  private SealedMail leave(Peer peer, Duration life) {
    SealedMail mail = world.mail(alice, peer.address("zoe"), world.newId(), life);
    leave(mail, peer);
    return mail;
  }

  private void leave(SealedMail mail, Peer peer) {
    world.topics().put(MailEvents.ACCEPTED, world.submitted(mail));
    world.topics().put(MailEvents.ROUTED_TRANSFER, world.leaving(mail, peer));
  }

  private static List<Transfer> awaitTransfers(Peer peer, SealedMail mail, int times) {
    await().atMost(PATIENCE).until(() -> peer.door().transfersOf(mail.envelope()).size() >= times);
    return peer.door().transfersOf(mail.envelope());
  }

  private void awaitState(SealedMail mail, String condition) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rows.count(
                        "transfer where envelope_digest = $1 and " + condition, Rows.digest(mail))
                    == 1);
  }

  private OutcomeEvent awaitOutcome(SealedMail mail) {
    return world
        .topics()
        .await(
            MailEvents.OUTCOME,
            event -> event.envelopeDigest().equals(mail.envelope().envelopeDigest()))
        .event();
  }

  /** Posted to this operator's own front door, verified as whoever reads it would. */
  private ReceiptRecord awaitOwnReceipt(SealedMail mail) {
    await().atMost(PATIENCE).until(() -> !ownReceipts(mail).isEmpty());
    return ownReceipts(mail).getFirst();
  }

  private List<ReceiptRecord> ownReceipts(SealedMail mail) {
    return world.hereDoor().receipts().stream()
        .map(this::verified)
        .filter(r -> r.envelopeDigest().equals(mail.envelope().envelopeDigest()))
        .toList();
  }

  private ReceiptRecord verified(PlayedServer.Receipt receipt) {
    return RecordVerifier.verifyReceipt(
            receipt.jws(), receipt.chain(), world.verified(world.here()), Instant.now())
        .record();
  }
}
