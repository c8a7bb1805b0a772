package io.keypost.events.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.UndecodableEventException;
import io.keypost.protocol.Bytes;
import java.util.Arrays;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class MailEventsTest {
  private static final int ROUNDS = 500;

  @Test
  void decodesWhatItEncodesOfEveryEvent() {
    roundTrips(MailEvents.ACCEPTED, Examples::accepted);
    roundTrips(MailEvents.VERIFIED, Examples::verified);
    roundTrips(MailEvents.ROUTED_MAILBOX, Examples::routedMailbox);
    roundTrips(MailEvents.ROUTED_TRANSFER, Examples::routedTransfer);
    roundTrips(MailEvents.PROPOSED, Examples::proposed);
    roundTrips(MailEvents.OUTCOME, Examples::outcome);
  }

  @Test
  void givesEveryOctetsAnEventOrATypedReason() {
    long seed = RandomGenerator.getDefault().nextLong();
    RandomGenerator random = generator(seed);
    Examples examples = new Examples(random);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] octets = MailEvents.VERIFIED.encode(examples.verified()).toByteArray();
      octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
      byte[] hostile = Arrays.copyOf(octets, random.nextInt(octets.length + 1));
      try {
        assertThat(MailEvents.VERIFIED.decode(hostile)).isNotNull();
      } catch (UndecodableEventException e) {
        assertThat(e.reason()).as("seed %d round %d", seed, round).isNotNull();
      }
    }
  }

  @Test
  void keysMailByMessageIdUntilItIsVerifiedAndByRecipientAfter() {
    Examples examples = new Examples(generator(1));
    AcceptedMail accepted = examples.accepted();
    assertThat(MailEvents.ACCEPTED.key(accepted))
        .isEqualTo(accepted.mail().envelope().envelope().messageId().octets());
    VerifiedMail verified = examples.verified();
    assertThat(MailEvents.VERIFIED.key(verified))
        .isEqualTo(Bytes.utf8(verified.mail().envelope().envelope().recipient().toString()));
    OutcomeEvent outcome = examples.outcome();
    assertThat(MailEvents.OUTCOME.key(outcome)).isEqualTo(Bytes.utf8(outcome.sender().toString()));
  }

  @Test
  void refusesAFieldThatThisVersionDoesNotKnow() throws InvalidProtocolBufferException {
    var wire = wire();
    assertRefused(
        wire.toBuilder().setUnknownFields(unknown()).build(), DeadLetterReason.UNKNOWN_FIELD);
  }

  @Test
  void refusesAnUnknownFieldInsideAnother() throws InvalidProtocolBufferException {
    var wire = wire();
    var mail = wire.getMail();
    var payload = mail.getPayload().toBuilder().setUnknownFields(unknown()).build();
    assertRefused(
        wire.toBuilder().setMail(mail.toBuilder().setPayload(payload)).build(),
        DeadLetterReason.UNKNOWN_FIELD);
  }

  @Test
  void refusesWhatIsNoProtobuf() {
    assertThatThrownBy(() -> MailEvents.ACCEPTED.decode(new byte[] {0x0a, 0x7f, 0x01}))
        .isInstanceOfSatisfying(
            UndecodableEventException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.UNDECODABLE));
  }

  @Test
  void refusesAnEventWithoutItsFields() {
    assertThatThrownBy(() -> MailEvents.ACCEPTED.decode(new byte[0]))
        .isInstanceOfSatisfying(
            UndecodableEventException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.INVALID_FIELD));
  }

  @Test
  void refusesAnArrivalFromNowhere() throws InvalidProtocolBufferException {
    var wire = wire();
    assertRefused(
        wire.toBuilder().setArrival(wire.getArrival().toBuilder().clearFrom()).build(),
        DeadLetterReason.INVALID_FIELD);
  }

  @Test
  void refusesAnEnvelopeThatIsNotStrictlyEncoded() throws InvalidProtocolBufferException {
    var wire = wire();
    var mail = wire.getMail();
    ByteString doubled = mail.getEnvelope().concat(mail.getEnvelope());
    assertRefused(
        wire.toBuilder().setMail(mail.toBuilder().setEnvelope(doubled)).build(),
        DeadLetterReason.INVALID_FIELD);
  }

  private static io.keypost.events.wire.AcceptedMail wire() throws InvalidProtocolBufferException {
    Bytes encoded = MailEvents.ACCEPTED.encode(new Examples(generator(7)).accepted());
    return io.keypost.events.wire.AcceptedMail.parseFrom(encoded.toByteArray());
  }

  private static UnknownFieldSet unknown() {
    return UnknownFieldSet.newBuilder()
        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
        .build();
  }

  private static void assertRefused(
      io.keypost.events.wire.AcceptedMail wire, DeadLetterReason reason) {
    assertThatThrownBy(() -> MailEvents.ACCEPTED.decode(wire.toByteArray()))
        .isInstanceOfSatisfying(
            UndecodableEventException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static <T> void roundTrips(EventCodec<T> codec, Function<Examples, T> example) {
    long seed = RandomGenerator.getDefault().nextLong();
    Examples examples = new Examples(generator(seed));
    for (int round = 0; round < ROUNDS; round++) {
      T event = example.apply(examples);
      Bytes encoded = codec.encode(event);
      assertThat(codec.decode(encoded.toByteArray()))
          .as("seed %d round %d", seed, round)
          .isEqualTo(event);
    }
  }

  private static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
