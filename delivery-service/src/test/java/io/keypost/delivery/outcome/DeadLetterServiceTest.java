package io.keypost.delivery.outcome;

import static io.keypost.testsupport.TestTopics.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.Rows;
import io.keypost.events.Topics;
import io.keypost.events.config.KafkaConfig;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.mail.OutcomeKind;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.DeadLetters;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.OutgoingEvent;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.record.RecordVerifier;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Mail that a stage of this provider gave up on, from the dead letters to its end. */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class DeadLetterServiceTest {
  private static final Duration SHORT_LIFE = Duration.ofSeconds(4);

  DeliveryWorld world;
  @Inject Pool pool;
  @Inject LostMailSweep sweep;
  @Inject KafkaConfig kafka;
  @Inject MeterRegistry registry;

  private Rows rows;
  private Address zoe;

  @BeforeEach
  void look() {
    rows = new Rows(pool);
    zoe = world.far().address("zoe");
  }

  @Test
  @DisplayName(
      "KP-OUT-5, KP-OUT-8, T20: what a peer brought and a stage lost ends as expired, signed")
  void endsWhatAPeerBroughtAndAStageLost() {
    SealedMail mail = mail("lost", SHORT_LIFE);
    lose(mail);
    lose(mail);
    awaitKept(mail);

    OutcomeEvent outcome = awaitOutcomeOf(mail);

    assertThat(outcome.outcome()).isEqualTo(OutcomeKind.EXPIRED);
    assertThat(outcome.decidedAt()).isAfterOrEqualTo(mail.envelope().envelope().expires());
    await().atMost(PATIENCE).until(() -> receiptOf(mail).isPresent());
    ReceiptRecord receipt = receiptOf(mail).orElseThrow();
    assertThat(receipt.outcome()).isEqualTo(ReceiptOutcome.EXPIRED);
    assertThat(receipt.operator()).isEqualTo(world.here().domain());
    assertThat(rows.about(mail, "outcome")).isOne();
    assertThat(rows.about(mail, "dead_letter")).isZero();
  }

  @Test
  @DisplayName("KP-OUT-8: a letter that is replayed in time has the outcome that it gets then")
  void leavesAReplayedLetterAlone() {
    SealedMail mail = mail("replayed", Duration.ofSeconds(30));
    lose(mail);
    awaitKept(mail);
    world.topics().put(MailEvents.ROUTED_MAILBOX, world.brought(mail));
    await().atMost(PATIENCE).until(() -> rows.about(mail, "outcome") == 1);

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              sweep.step();
              return rows.about(mail, "dead_letter") == 0;
            });

    assertThat(
            rows.count(
                "outcome where envelope_digest = $1 and outcome = 'delivered'", Rows.digest(mail)))
        .isOne();
    assertThat(Instant.now()).isAfterOrEqualTo(mail.envelope().envelope().expires());
    assertThat(
            world.topics().all(MailEvents.OUTCOME).stream()
                .filter(o -> o.envelopeDigest().equals(mail.envelope().envelopeDigest())))
        .hasSize(1);
  }

  @Test
  @DisplayName("T20: a letter that cannot be decoded is counted, and the next one is read")
  void countsWhatCannotBeDecoded() {
    SealedMail first = mail("before", Duration.ofDays(1));
    lose(first);
    awaitKept(first);
    double before = undecodable();
    SealedMail mail = mail("behind", Duration.ofDays(1));
    byte[] garbage = {1, 2, 3};
    world.topics().put(Topics.MAIL_DEAD_LETTER, garbage, garbage, EventHeaders.none().write());
    put(dead(garbage));
    lose(mail);

    awaitKept(mail);

    assertThat(undecodable() - before).isEqualTo(2);
  }

  private SealedMail mail(String user, Duration life) {
    return world.mail(zoe, world.here().address(user), world.newId(), life);
  }

  private double undecodable() {
    return Optional.ofNullable(
            registry.find(DeadLetterStage.METRIC).tag("holds", "undecodable").counter())
        .map(counter -> counter.count())
        .orElse(0.0);
  }

  /** As the verifier would after its last try. */
  private void lose(SealedMail mail) {
    AcceptedMail accepted = new AcceptedMail(mail, world.brought(mail).arrival());
    put(dead(MailEvents.ACCEPTED.encode(accepted).toByteArray()));
  }

  private OutgoingEvent dead(byte[] value) {
    return DeadLetters.of(
        new ConsumerRecord<>(
            kafka.topics().nameOf(Topics.MAIL_ACCEPTED),
            0,
            7,
            Instant.now().toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            1,
            value.length,
            new byte[] {1},
            value,
            EventHeaders.none().write(),
            Optional.empty()),
        "verifier",
        DeadLetterReason.STAGE_FAILED,
        "made up",
        Instant.now());
  }

  private void put(OutgoingEvent letter) {
    world
        .topics()
        .put(
            letter.topic(),
            letter.key().toByteArray(),
            letter.value().toByteArray(),
            letter.headers().write());
  }

  private void awaitKept(SealedMail mail) {
    await().atMost(PATIENCE).until(() -> rows.about(mail, "dead_letter") == 1);
  }

  private OutcomeEvent awaitOutcomeOf(SealedMail mail) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              sweep.step();
              return rows.about(mail, "outcome") == 1;
            });
    return world
        .topics()
        .await(
            MailEvents.OUTCOME,
            event -> event.envelopeDigest().equals(mail.envelope().envelopeDigest()))
        .event();
  }

  private Optional<ReceiptRecord> receiptOf(SealedMail mail) {
    return world.far().door().receipts().stream()
        .map(
            receipt ->
                RecordVerifier.verifyReceipt(
                        receipt.jws(), receipt.chain(), world.verified(world.here()), Instant.now())
                    .record())
        .filter(r -> r.envelopeDigest().equals(mail.envelope().envelopeDigest()))
        .findFirst();
  }
}
