package io.keypost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final Envelope ENVELOPE =
      new Envelope(
          new MessageId(Bytes.parseHex("000102030405060708090a0b0c0d0e0f")),
          Address.parse("alice@alpha.test"),
          Bytes.parseHex("11".repeat(32)),
          Address.parse("bob@beta.test"),
          Bytes.parseHex("22".repeat(32)),
          Address.parse("info@alpha.test"),
          Instant.parse("2026-11-24T06:00:00.123Z"),
          Instant.parse("2026-11-27T06:00:00.123Z"),
          Digest.sha256(Bytes.utf8("payload")),
          4096);

  /** The encoding octet by octet, written down by hand from mail.proto. */
  private static final String KNOWN_ENCODING =
      "0a10"
          + "000102030405060708090a0b0c0d0e0f"
          + "1210"
          + "616c69636540616c7068612e74657374"
          + "1a20"
          + "11".repeat(32)
          + "220d"
          + "626f6240626574612e74657374"
          + "2a20"
          + "22".repeat(32)
          + "320f"
          + "696e666f40616c7068612e74657374"
          + "38"
          + varint(1_795_500_000_123L)
          + "40"
          + varint(1_795_759_200_123L)
          + "4a20"
          + "239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5"
          + "508020";

  @Test
  void hasTheKnownEncodingOfKpEnv1() {
    assertThat(ENVELOPE.encode().hex()).isEqualTo(KNOWN_ENCODING);
    assertThat(Envelope.decode(Bytes.parseHex(KNOWN_ENCODING))).isEqualTo(ENVELOPE);
  }

  @Test
  void readsBackWhatItWrites() {
    SeededRandom.forSeeds(
        1000,
        random -> {
          Envelope envelope = Envelopes.any(random);
          assertThat(Envelope.decode(envelope.encode())).isEqualTo(envelope);
        });
  }

  @Test
  void refusesOrReadsBackWhateverIsMadeOfAnEnvelopeByChangingItByKpEnv3() {
    SeededRandom.forSeeds(
        5000,
        random -> {
          Bytes mutated =
              Bytes.copyOf(
                  SeededRandom.mutate(random, Envelopes.any(random).encode().toByteArray()));
          try {
            assertThat(Envelope.decode(mutated).encode()).isEqualTo(mutated);
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_ENVELOPE);
          }
        });
  }

  @ParameterizedTest(name = "KP-ENV-4: refuses an envelope without field {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void refusesAnEnvelopeWithAnEmptyField(int number) {
    var descriptor = io.keypost.protocol.message.wire.Envelope.getDescriptor();
    var without = wire().toBuilder().clearField(descriptor.findFieldByNumber(number)).build();
    assertMalformed(Bytes.copyOf(without.toByteArray()));
  }

  @Test
  void refusesAnEnvelopeWhoseFieldIsEmptyButWrittenByKpEnv3() {
    assertMalformed(Bytes.concat(ENVELOPE.encode(), Bytes.parseHex("5000")));
    assertMalformed(Bytes.parseHex(KNOWN_ENCODING.replace("508020", "5000")));
  }

  @Test
  void refusesAnEnvelopeWhoseFieldIsDoubledByKpEnv3() {
    assertMalformed(Bytes.concat(ENVELOPE.encode(), Bytes.parseHex("508020")));
  }

  @Test
  void refusesAnEnvelopeWhoseFieldsAreOutOfOrderByKpEnv3() {
    String withoutSize = KNOWN_ENCODING.substring(0, KNOWN_ENCODING.length() - 6);
    assertMalformed(Bytes.parseHex("508020" + withoutSize));
  }

  @Test
  void refusesAnEnvelopeWithALongerVarintThanNeededByKpEnv3() {
    assertMalformed(Bytes.parseHex(KNOWN_ENCODING.replace("508020", "5080a000")));
    assertMalformed(Bytes.parseHex(KNOWN_ENCODING.replace("1a20", "1aa000")));
  }

  @Test
  void refusesAnEnvelopeWithAnUnknownFieldByKpEnv3() {
    UnknownFieldSet extra =
        UnknownFieldSet.newBuilder()
            .addField(11, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    assertMalformed(Bytes.copyOf(wire().toBuilder().setUnknownFields(extra).build().toByteArray()));
  }

  @Test
  void refusesAFieldOutOfItsBoundsByKpEnv4() {
    assertMalformedWhen(w -> w.setMessageId(ByteString.copyFrom(new byte[15])));
    assertMalformedWhen(w -> w.setSenderKey(ByteString.copyFrom(new byte[20])));
    assertMalformedWhen(w -> w.setRecipientKey(ByteString.copyFrom(new byte[33])));
    assertMalformedWhen(w -> w.setPayloadSha256(ByteString.copyFrom(new byte[31])));
    assertMalformedWhen(w -> w.setPayloadSize((1L << 40) + 1));
    assertMalformedWhen(w -> w.setPayloadSize(-1));
    assertMalformedWhen(w -> w.setCreated(-1));
    assertMalformedWhen(w -> w.setExpires(253_402_300_800_000L));
  }

  @Test
  void refusesAnAddressThatIsNotCanonicalByKpEnv4AndT18() {
    assertMalformedWhen(w -> w.setSender("Alice@alpha.test"));
    assertMalformedWhen(w -> w.setRecipient("bob@beta.test."));
    assertMalformedWhen(w -> w.setAddressedAs("bob"));
    assertMalformed(Bytes.parseHex(KNOWN_ENCODING.replace("1210616c", "1210ff6c")));
  }

  @Test
  void refusesAnEnvelopeOverTwoKibibytesByKpEnv4() {
    assertMalformed(Bytes.copyOf(new byte[2049]));
  }

  @Test
  void namesMessagesBy16RandomOctetsByKpEnv2() {
    SeededRandom.forSeeds(
        50,
        random -> {
          MessageId id = MessageId.random(random);
          assertThat(id.octets().size()).isEqualTo(16);
          assertThat(MessageId.parseBase64Url(id.base64Url())).isEqualTo(id);
          assertThat(MessageId.random(random)).isNotEqualTo(id);
        });
    assertRefused(RefusalCode.MALFORMED_ENVELOPE, () -> new MessageId(Bytes.copyOf(new byte[17])));
  }

  @Test
  void takesTimesInWholeMillisecondsOnly() {
    assertThatThrownBy(
            () -> Envelopes.living(ENVELOPE, ENVELOPE.created().plusNanos(1), ENVELOPE.expires()))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void refusesASignatureThatIsEmptyOrTooLargeByKpEnv5AndT04() {
    Bytes encoded = ENVELOPE.encode();
    assertThat(SignedEnvelope.decode(encoded, Bytes.copyOf(new byte[1024])).envelope())
        .isEqualTo(ENVELOPE);
    assertRefused(
        RefusalCode.MALFORMED_ENVELOPE, () -> SignedEnvelope.decode(encoded, Bytes.empty()));
    assertRefused(
        RefusalCode.MALFORMED_ENVELOPE,
        () -> SignedEnvelope.decode(encoded, Bytes.copyOf(new byte[1025])));
  }

  @Test
  void digestsEnvelopeAndSignatureApartFromEachOtherByKpOut2() {
    Bytes signature = Bytes.utf8("signature");
    SignedEnvelope signed = SignedEnvelope.of(ENVELOPE, signature);
    ByteBuffer size = ByteBuffer.allocate(4).putInt(ENVELOPE.encode().size()).flip();
    assertThat(signed.envelopeDigest())
        .isEqualTo(
            Digest.sha256(
                Bytes.utf8("keypost/1/envelope-digest"),
                Bytes.parseHex("00"),
                Bytes.copyOf(size),
                ENVELOPE.encode(),
                signature));
    assertThat(SignedEnvelope.of(ENVELOPE, Bytes.utf8("signaturf")).envelopeDigest())
        .isNotEqualTo(signed.envelopeDigest());
  }

  @Test
  void takesACreationUpToFiveMinutesAheadByKpEnv7AndT24() {
    Instant now = ENVELOPE.created().minus(Duration.ofMinutes(5));
    EnvelopeLife.check(ENVELOPE, now);
    assertRefused(
        RefusalCode.CREATED_IN_FUTURE, () -> EnvelopeLife.check(ENVELOPE, now.minusMillis(1)));
  }

  @Test
  void refusesALifeOverSevenDaysOrNoneByKpEnv8() {
    Instant created = ENVELOPE.created();
    EnvelopeLife.check(
        Envelopes.living(ENVELOPE, created, created.plus(Duration.ofDays(7))), created);
    for (Duration life :
        new Duration[] {Duration.ofDays(7).plusMillis(1), Duration.ZERO, Duration.ofMillis(-1)}) {
      assertRefused(
          RefusalCode.LIFE_TOO_LONG,
          () ->
              EnvelopeLife.check(Envelopes.living(ENVELOPE, created, created.plus(life)), created));
    }
  }

  @Test
  void isExpiredFromItsExpiryOnByKpEnv9() {
    assertThat(EnvelopeLife.isExpired(ENVELOPE, ENVELOPE.expires().minusMillis(1))).isFalse();
    assertThat(EnvelopeLife.isExpired(ENVELOPE, ENVELOPE.expires())).isTrue();
  }

  private static io.keypost.protocol.message.wire.Envelope wire() {
    try {
      return io.keypost.protocol.message.wire.Envelope.parseFrom(ENVELOPE.encode().asByteBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMalformedWhen(
      Consumer<io.keypost.protocol.message.wire.Envelope.Builder> change) {
    var builder = wire().toBuilder();
    change.accept(builder);
    assertMalformed(Bytes.copyOf(builder.build().toByteArray()));
  }

  private static void assertMalformed(Bytes encoded) {
    assertRefused(RefusalCode.MALFORMED_ENVELOPE, () -> Envelope.decode(encoded));
  }

  private static void assertRefused(RefusalCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static String varint(long value) {
    StringBuilder hex = new StringBuilder();
    long rest = value;
    while (rest >= 0x80) {
      hex.append("%02x".formatted((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    return hex.append("%02x".formatted(rest)).toString();
  }
}
