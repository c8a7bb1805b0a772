package io.keypost.delivery;

import static io.keypost.testsupport.TestTopics.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.Rows;
import io.keypost.directory.testing.TestDomain;
import io.keypost.events.Topics;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.mail.OutcomeKind;
import io.keypost.events.mail.ProposedOutcome.CheckedReceipt;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.wire.DeadLetter;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Receipts of other operators about mail of users here, as the ingress proposes them. */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class ReceiptServiceTest {
  DeliveryWorld world;
  @Inject Pool pool;

  private Rows rows;

  @BeforeEach
  void look() {
    rows = new Rows(pool);
  }

  @Test
  @DisplayName("T32, KP-RCP-3: a receipt that its signer did not sign is no outcome")
  void leavesTheOutcomeAloneWhenAnotherSignedTheReceipt() {
    SealedMail mail = submit();
    CheckedReceipt genuine = world.receipt(far(), mail, new TerminalOutcome.Delivered());
    List<Bytes> ofAnother =
        world.receipt(world.here(), mail, new TerminalOutcome.Expired()).chain();
    CheckedReceipt forged =
        new CheckedReceipt(
            genuine.envelopeDigest(),
            genuine.recipient(),
            genuine.receipt(),
            ofAnother,
            genuine.root(),
            genuine.checkedAt());
    long offset = propose(forged);

    DeadLetter letter =
        world
            .topics()
            .awaitDeadLetter(
                l ->
                    l.getOffset() == offset
                        && l.getTopic().endsWith(Topics.MAIL_PROPOSED.baseName()));
    assertThat(letter.getReason()).isEqualTo(DeadLetterReason.STAGE_FAILED.wire());
    assertThat(rows.about(mail, "outcome")).isZero();
    propose(genuine);
    assertThat(awaitOutcome(mail).outcome()).isEqualTo(OutcomeKind.DELIVERED);
  }

  @Test
  @DisplayName("T32, KP-RCP-3: neither a replayed receipt nor a later one changes an outcome")
  void keepsTheFirstOutcome() {
    SealedMail mail = submit();
    CheckedReceipt delivered = world.receipt(far(), mail, new TerminalOutcome.Delivered());
    propose(delivered);
    awaitOutcome(mail);
    propose(delivered);
    propose(world.receipt(far(), mail, new TerminalOutcome.Refused("policy")));
    proposeAnother();

    assertThat(
            rows.count(
                "outcome where envelope_digest = $1 and outcome = 'delivered'", Rows.digest(mail)))
        .isOne();
    assertThat(world.topics().all(MailEvents.OUTCOME).stream().filter(o -> isAbout(o, mail)))
        .hasSize(1);
  }

  @Test
  @DisplayName("T32, KP-RCP-3: a receipt for what nobody here sent is no outcome")
  void takesNoReceiptForWhatWasNeverSent() {
    SealedMail stranger = world.mail(world.here().address("alice"), zoe());
    propose(world.receipt(far(), stranger, new TerminalOutcome.Delivered()));
    proposeAnother();

    assertThat(rows.about(stranger, "outcome")).isZero();
  }

  private TestDomain far() {
    return world.far().operator();
  }

  private Address zoe() {
    return world.far().address("zoe");
  }

  private SealedMail submit() {
    SealedMail mail = world.mail(world.here().address("alice"), zoe());
    world.topics().put(MailEvents.ACCEPTED, world.submitted(mail));
    await().atMost(PATIENCE).until(() -> rows.about(mail, "submission") == 1);
    return mail;
  }

  private long propose(CheckedReceipt receipt) {
    return world
        .topics()
        .put(MailEvents.PROPOSED, receipt, Topics.MAIL_PROPOSED, EventHeaders.none());
  }

  /** Behind all that was proposed before: that is over when this has its outcome. */
  private void proposeAnother() {
    SealedMail another = submit();
    propose(world.receipt(far(), another, new TerminalOutcome.Delivered()));
    awaitOutcome(another);
  }

  private OutcomeEvent awaitOutcome(SealedMail mail) {
    return world.topics().await(MailEvents.OUTCOME, event -> isAbout(event, mail)).event();
  }

  private static boolean isAbout(OutcomeEvent event, SealedMail mail) {
    return event.envelopeDigest().equals(mail.envelope().envelopeDigest());
  }
}
