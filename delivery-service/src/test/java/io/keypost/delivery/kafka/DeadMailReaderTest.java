package io.keypost.delivery.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.LostMail;
import io.keypost.delivery.custody.Mails;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.kafka.DeadMailReader.DeadMail;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.RoutedMailbox;
import io.keypost.events.mail.RoutedTransfer;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.mail.Verification;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.DeadLetters;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.OutgoingEvent;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every topic's records, as stages put them among the dead letters. */
class DeadMailReaderTest {
  private static final MailDomain SELF = MailDomain.parse("beta.test");
  private static final MailDomain PEER = MailDomain.parse("alpha.test");
  private static final TopicSettings TOPICS =
      new TopicSettings("beta.test.", 4, 1, 1, TopicSettings.Deployment.SINGLE_NODE);

  private final TestMail mail = new TestMail(47);
  private final DeadMailReader reader = new DeadMailReader(TOPICS, SELF);
  private final SealedMail sealed = sealed();
  private final Arrival arrival =
      new Arrival.FromPeer(PEER, Digest.sha256(mail.octets(8)), TestMail.NOW);
  private final Verification verification =
      new Verification(Digest.sha256(mail.octets(8)), Digest.sha256(mail.octets(8)), TestMail.NOW);

  @ParameterizedTest
  @EnumSource(
      value = Topics.class,
      names = {"MAIL_OUTCOME", "MAIL_DEAD_LETTER"},
      mode = EnumSource.Mode.EXCLUDE)
  void findsTheMailInARecordOfEveryTopicThatBringsMail(Topics topic) {
    OutgoingEvent event =
        switch (topic) {
          case MAIL_ACCEPTED,
              MAIL_ACCEPTED_RETRY_10S,
              MAIL_ACCEPTED_RETRY_1M,
              MAIL_ACCEPTED_RETRY_10M ->
              outgoing(MailEvents.ACCEPTED, new AcceptedMail(sealed, arrival));
          case MAIL_VERIFIED,
              MAIL_VERIFIED_RETRY_10S,
              MAIL_VERIFIED_RETRY_1M,
              MAIL_VERIFIED_RETRY_10M ->
              outgoing(MailEvents.VERIFIED, new VerifiedMail(sealed, arrival, verification));
          case MAIL_ROUTED_MAILBOX ->
              outgoing(
                  MailEvents.ROUTED_MAILBOX,
                  new RoutedMailbox(
                      sealed, arrival, verification, sealed.envelope().envelope().recipient()));
          case MAIL_ROUTED_TRANSFER ->
              outgoing(
                  MailEvents.ROUTED_TRANSFER,
                  new RoutedTransfer(sealed, arrival, verification, PEER, "default"));
          case MAIL_PROPOSED ->
              outgoing(
                  MailEvents.PROPOSED,
                  new ProposedOutcome.ProposedExpiry(
                      sealed, arrival, ProposedOutcome.Stage.ROUTER, TestMail.NOW));
          case MAIL_OUTCOME, MAIL_DEAD_LETTER -> throw new AssertionError(topic);
        };

    assertThat(read(letter(topic, event))).isEqualTo(new DeadMail.Lost(lost(arrival)));
  }

  @Test
  void findsTheMailInAProposedRefusal() {
    OutgoingEvent refusal =
        outgoing(
            MailEvents.PROPOSED,
            new ProposedOutcome.ProposedRefusal(
                sealed,
                arrival,
                RefusalCode.POLICY,
                ProposedOutcome.Stage.VERIFIER,
                "",
                null,
                TestMail.NOW));

    assertThat(read(letter(Topics.MAIL_PROPOSED, refusal)))
        .isEqualTo(new DeadMail.Lost(lost(arrival)));
  }

  @Test
  void sendsTheReceiptOfAUserHereToThisOperator() {
    Arrival user = new Arrival.FromUser(sealed.envelope().envelope().sender(), TestMail.NOW);
    OutgoingEvent event = outgoing(MailEvents.ACCEPTED, new AcceptedMail(sealed, user));

    assertThat(read(letter(Topics.MAIL_ACCEPTED, event)))
        .isEqualTo(new DeadMail.Lost(new LostMail(Mails.held(sealed, user, SELF).facts(), SELF)));
  }

  @Test
  void findsNoMailInAReceiptNorInADeadLetterOfADeadLetter() {
    OutgoingEvent receipt =
        outgoing(
            MailEvents.PROPOSED,
            new ProposedOutcome.CheckedReceipt(
                sealed.envelope().envelopeDigest(),
                sealed.envelope().envelope().recipient(),
                "a.b.c",
                List.of(mail.octets(100)),
                mail.octets(100),
                TestMail.NOW));
    ConsumerRecord<byte[], byte[]> letter = letter(Topics.MAIL_PROPOSED, receipt);

    assertThat(read(letter)).isEqualTo(new DeadMail.NoMail());
    assertThat(read(dead(letter))).isEqualTo(new DeadMail.NoMail());
  }

  @Test
  void guessesNothingFromWhatCannotBeDecoded() {
    OutgoingEvent event = outgoing(MailEvents.ACCEPTED, new AcceptedMail(sealed, arrival));
    Headers ours = event.headers().write();
    Headers later = event.headers().write().remove(EventHeaders.VERSION);
    later.add(EventHeaders.VERSION, new byte[] {'2'});
    byte[] whole = event.value().toByteArray();
    byte[] half = event.value().slice(0, whole.length / 2).toByteArray();

    Stream.of(
            dead(record(TOPICS.nameOf(Topics.MAIL_ACCEPTED), half, ours)),
            dead(record(TOPICS.nameOf(Topics.MAIL_ACCEPTED), whole, later)),
            dead(record("alpha.test.mail.accepted", whole, ours)),
            record(TOPICS.nameOf(Topics.MAIL_DEAD_LETTER), half, ours),
            record(TOPICS.nameOf(Topics.MAIL_DEAD_LETTER), null, ours))
        .forEach(polled -> assertThat(read(polled)).isInstanceOf(DeadMail.Undecodable.class));
  }

  private DeadMail read(ConsumerRecord<byte[], byte[]> polled) {
    return switch (reader.read(polled)) {
      case EventReader.Read.Decoded<DeadMail>(var incoming) -> incoming.event();
      case EventReader.Read.Undecodable<DeadMail> undecodable ->
          throw new AssertionError(undecodable);
    };
  }

  private LostMail lost(Arrival from) {
    return new LostMail(Mails.held(sealed, from, SELF).facts(), PEER);
  }

  private SealedMail sealed() {
    Bytes payload = mail.octets(100);
    SignedEnvelope envelope =
        mail.envelope(
            "alice@alpha.test",
            "bob@beta.test",
            mail.id(),
            payload,
            TestMail.NOW,
            Duration.ofDays(1));
    return new SealedMail(
        envelope, new PayloadLocation("segment", 0, payload.size(), Digest.sha256(payload)));
  }

  private static <T> OutgoingEvent outgoing(EventCodec<T> codec, T event) {
    return codec.outgoing(event, EventHeaders.none());
  }

  private static ConsumerRecord<byte[], byte[]> letter(Topics topic, OutgoingEvent event) {
    return dead(record(TOPICS.nameOf(topic), event.value().toByteArray(), event.headers().write()));
  }

  private static ConsumerRecord<byte[], byte[]> dead(ConsumerRecord<byte[], byte[]> polled) {
    OutgoingEvent letter =
        DeadLetters.of(polled, "router", DeadLetterReason.STAGE_FAILED, "made up", TestMail.NOW);
    return record(
        TOPICS.nameOf(letter.topic()), letter.value().toByteArray(), letter.headers().write());
  }

  private static ConsumerRecord<byte[], byte[]> record(
      String topic, byte[] value, Headers headers) {
    return new ConsumerRecord<>(
        topic,
        0,
        7,
        TestMail.NOW.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        1,
        1,
        new byte[] {1},
        value,
        headers,
        Optional.empty());
  }
}
