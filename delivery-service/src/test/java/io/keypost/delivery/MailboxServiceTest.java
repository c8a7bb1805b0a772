package io.keypost.delivery;

import static io.keypost.testsupport.TestTopics.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.DeliveryWorld.Peer;
import io.keypost.delivery.fixture.PlayedServer;
import io.keypost.delivery.fixture.Rows;
import io.keypost.events.Topics;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.mail.OutcomeKind;
import io.keypost.events.mail.RoutedMailbox;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.wire.DeadLetter;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.refusal.RefusalCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Mail that another operator brought, from Kafka into a mailbox, and its receipt back. */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class MailboxServiceTest {
  DeliveryWorld world;
  @Inject Pool pool;

  private Rows rows;
  private Address zoe;

  @BeforeEach
  void look() {
    rows = new Rows(pool);
    zoe = world.far().address("zoe");
  }

  @Test
  @DisplayName(
      "KP-OUT-1, KP-RCP-1: mail, outcome and receipt become durable together or not at all")
  void deliversWithOneCommit() {
    SealedMail mail = world.mail(zoe, user("one-commit"));
    rows.run("create sequence refusals");
    rows.run(
        """
        create function refuse() returns trigger language plpgsql as $$
        begin
          -- A sequence goes on though the transaction does not.
          perform nextval('refusals');
          raise exception 'no receipt can be queued';
        end $$
        """);
    rows.run(
        "create trigger refuse before insert on receipt_outbox for each row when (new.recipient = '"
            + user("one-commit")
            + "') execute function refuse()");
    bring(mail);
    await()
        .atMost(PATIENCE)
        .until(() -> rows.count("refusals where is_called and last_value >= 2") == 1);

    for (String table : List.of("mail", "outcome", "delivery_claim", "receipt_outbox")) {
      assertThat(rows.about(mail, table)).as(table).isZero();
    }
    rows.run("drop trigger refuse on receipt_outbox");
    assertThat(awaitOutcome(mail).outcome()).isEqualTo(OutcomeKind.DELIVERED);
    assertThat(rows.about(mail, "mail")).isOne();
    assertThat(rows.about(mail, "outcome")).isOne();
  }

  @Test
  @DisplayName("KP-RCP-1: the receipt is posted to whoever brought the mail until it is taken")
  void postsTheReceiptUntilItIsTaken() {
    Peer busy = world.newPeer("busy");
    Address sender = busy.address("xie");
    SealedMail mail = world.mail(sender, user("receipts"));
    busy.door().refuseReceipts(1);
    world.topics().put(MailEvents.ROUTED_MAILBOX, world.brought(mail, busy));

    PlayedServer.Receipt receipt = awaitReceipt(busy, mail);

    assertThat(busy.door().receiptPostsRefused()).isOne();
    ReceiptRecord record =
        RecordVerifier.verifyReceipt(
                receipt.jws(), receipt.chain(), world.verified(world.here()), Instant.now())
            .record();
    assertThat(record.envelopeDigest()).isEqualTo(mail.envelope().envelopeDigest());
    assertThat(record.messageId()).isEqualTo(mail.envelope().envelope().messageId().octets());
    assertThat(record.sender()).isEqualTo(sender);
    assertThat(record.recipient()).isEqualTo(user("receipts"));
    assertThat(record.outcome()).isEqualTo(ReceiptOutcome.DELIVERED);
    assertThat(record.operator()).isEqualTo(world.here().domain());
    assertThat(receipt.certificate())
        .as("posted with mutual TLS as the service that is listed")
        .isEqualTo(CertificateDigests.certificate(world.identity().chain().getFirst()));
    await().atMost(PATIENCE).until(() -> rows.about(mail, "receipt_outbox") == 0);
    assertThat(receiptsOf(busy, mail)).hasSize(1);
  }

  @Test
  @DisplayName(
      "T02, T22, KP-OUT-3: an event that comes again makes no second mail and no second end")
  void anEventThatComesAgainChangesNothing() {
    SealedMail once = world.mail(zoe, user("replayed"));
    RoutedMailbox event = world.brought(once);
    world.topics().put(MailEvents.ROUTED_MAILBOX, event);
    awaitReceipt(once);
    // As after a crash between the commit here and that of the offset, and twice in one batch.
    world.topics().putTogether(MailEvents.ROUTED_MAILBOX, event, event);
    bringAnother(user("replayed"));

    assertThat(rows.about(once, "mail")).isOne();
    assertThat(rows.about(once, "outcome")).isOne();
    rows.select("delete from mail where envelope_digest = $1", (Object) Rows.digest(once));
    world.topics().put(MailEvents.ROUTED_MAILBOX, event);
    bringAnother(user("replayed"));

    assertThat(rows.about(once, "mail")).as("it was deleted, and stays so").isZero();
    assertThat(receiptsOf(world.far(), once)).hasSize(1);
    assertThat(world.topics().all(MailEvents.OUTCOME).stream().filter(o -> isAbout(o, once)))
        .hasSize(1);
  }

  @Test
  @DisplayName("T02, KP-OUT-3: another message under a used id is refused, but ids are per sender")
  void refusesAnotherMessageUnderTheSameId() {
    MessageId id = world.newId();
    Duration aDay = Duration.ofDays(1);
    Address recipient = user("ids");
    SealedMail first = world.mail(zoe, recipient, id, aDay);
    SealedMail second = world.mail(zoe, recipient, id, aDay);
    SealedMail ofAnother = world.mail(world.far().address("yan"), recipient, id, aDay);
    bring(first);
    awaitOutcome(first);
    bring(second);
    bring(ofAnother);

    OutcomeEvent refused = awaitOutcome(second);
    assertThat(refused.outcome()).isEqualTo(OutcomeKind.REFUSED);
    assertThat(refused.code()).contains(RefusalCode.ID_REUSED.wire());
    assertThat(awaitOutcome(ofAnother).outcome()).isEqualTo(OutcomeKind.DELIVERED);
    assertThat(rows.about(second, "mail")).isZero();
    assertThat(rows.count("mail where mailbox = $1", recipient.toString())).isEqualTo(2);
    ReceiptRecord record = record(awaitReceipt(second));
    assertThat(record.outcome()).isEqualTo(ReceiptOutcome.REFUSED);
    assertThat(record.code()).isEqualTo(RefusalCode.ID_REUSED.wire());
  }

  @Test
  @DisplayName("KP-RTE-7: mail for a sub-address lies in the mailbox that the router found for it")
  void deliversASubAddressIntoItsMailbox() {
    Address mailbox = user("tagged");
    SealedMail mail = world.mail(zoe, user("tagged+news"));
    world.topics().put(MailEvents.ROUTED_MAILBOX, world.brought(mail, world.far(), mailbox));

    assertThat(awaitOutcome(mail).outcome()).isEqualTo(OutcomeKind.DELIVERED);
    assertThat(rows.count("mail where mailbox = $1", mailbox.toString())).isOne();
    assertThat(record(awaitReceipt(mail)).recipient()).isEqualTo(user("tagged+news"));
  }

  @Test
  @DisplayName("KP-OUT-5: nothing is delivered after its life, and that is its outcome")
  void deliversNothingAfterItsLife() {
    SealedMail late = world.mail(zoe, user("late"), world.newId(), Duration.ofMillis(1));
    bring(late);

    assertThat(awaitOutcome(late).outcome()).isEqualTo(OutcomeKind.EXPIRED);
    assertThat(rows.about(late, "mail")).isZero();
    assertThat(record(awaitReceipt(late)).outcome()).isEqualTo(ReceiptOutcome.EXPIRED);
  }

  @Test
  @DisplayName("T20: a poison event on any topic becomes a dead letter, and the partition goes on")
  void aPoisonEventBecomesADeadLetterAndThePartitionGoesOn() {
    Map<Topics, String> stages =
        Map.of(
            Topics.MAIL_ROUTED_MAILBOX, "mailbox",
            Topics.MAIL_ROUTED_TRANSFER, "transfer",
            Topics.MAIL_PROPOSED, "outcome",
            Topics.MAIL_ACCEPTED, "submission");
    stages.forEach(
        (topic, stage) -> {
          byte[] poison = ("no event for " + stage).getBytes(StandardCharsets.UTF_8);
          world.topics().put(topic, new byte[] {1}, poison, EventHeaders.none().write());
          DeadLetter letter =
              world.topics().awaitDeadLetter(l -> l.getValue().toStringUtf8().contains(stage));
          assertThat(letter.getStage()).isEqualTo(stage);
          assertThat(letter.getReason()).isEqualTo(DeadLetterReason.UNDECODABLE.wire());
          assertThat(letter.getTopic()).endsWith(topic.baseName());
          assertThat(letter.getValue().toByteArray()).isEqualTo(poison);
        });
    SealedMail behind = world.mail(zoe, user("behind-poison"));
    bring(behind);
    assertThat(awaitOutcome(behind).outcome()).isEqualTo(OutcomeKind.DELIVERED);
    SealedMail submitted = world.mail(user("behind-poison"), zoe);
    world.topics().put(MailEvents.ACCEPTED, world.submitted(submitted));
    await().atMost(PATIENCE).until(() -> rows.about(submitted, "submission") == 1);
    world.topics().put(MailEvents.ROUTED_TRANSFER, world.leaving(submitted, world.far()));
    await()
        .atMost(PATIENCE)
        .until(() -> !world.far().door().transfersOf(submitted.envelope()).isEmpty());
  }

  private Address user(String local) {
    return world.here().address(local);
  }

  private void bring(SealedMail mail) {
    world.topics().put(MailEvents.ROUTED_MAILBOX, world.brought(mail));
  }

  /**
   * Behind everything that was put before; all of that is over when this one's receipt is there.
   */
  private void bringAnother(Address recipient) {
    SealedMail another = world.mail(zoe, recipient);
    bring(another);
    awaitOutcome(another);
    awaitReceipt(another);
  }

  private OutcomeEvent awaitOutcome(SealedMail mail) {
    return world.topics().await(MailEvents.OUTCOME, event -> isAbout(event, mail)).event();
  }

  private static boolean isAbout(OutcomeEvent event, SealedMail mail) {
    return event.envelopeDigest().equals(mail.envelope().envelopeDigest());
  }

  private PlayedServer.Receipt awaitReceipt(SealedMail mail) {
    return awaitReceipt(world.far(), mail);
  }

  private static PlayedServer.Receipt awaitReceipt(Peer peer, SealedMail mail) {
    await().atMost(PATIENCE).until(() -> !receiptsOf(peer, mail).isEmpty());
    return receiptsOf(peer, mail).getFirst();
  }

  private static List<PlayedServer.Receipt> receiptsOf(Peer peer, SealedMail mail) {
    return peer.door().receipts().stream()
        .filter(r -> record(r).envelopeDigest().equals(mail.envelope().envelopeDigest()))
        .toList();
  }

  private static ReceiptRecord record(PlayedServer.Receipt receipt) {
    return RecordVerifier.readVerifiedReceipt(receipt.jws(), receipt.chain().getFirst());
  }
}
