package io.keypost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadInspectorTest {
  private static final Bytes KEY = Bytes.parseHex("ab".repeat(32));

  private final RandomGenerator random = SeededRandom.generator(2);
  private final Bytes sessionKey = Envelopes.sessionKey(random, KEY);
  private final Bytes body = Envelopes.dataBody(random, 600);

  @Test
  void takesSessionKeysAndThenOneEncryptedDataPacketByKpPay1() {
    inspect(Bytes.concat(sessionKey, Envelopes.data(body)));
    inspect(Bytes.concat(sessionKey, Envelopes.data(Envelopes.dataBody(random, 69))));
    inspect(Bytes.concat(sessionKey, Envelopes.data(Envelopes.dataBody(random, 70_000))));
  }

  @Test
  void takesPartsOfAnySizeInPiecesOfAnySizeByKpPay5() {
    SeededRandom.forSeeds(
        300,
        seeded -> {
          Set<Bytes> keys = new HashSet<>();
          Bytes payload = Bytes.empty();
          int count = seeded.nextInt(1, 6);
          for (int i = 0; i < count; i++) {
            Bytes key = SeededRandom.bytes(seeded, 32);
            keys.add(key);
            payload = Bytes.concat(payload, Envelopes.sessionKey(seeded, key));
          }
          Bytes data = Envelopes.dataBody(seeded, seeded.nextInt(600, 20_000));
          payload = Bytes.concat(payload, Envelopes.dataInParts(data, seeded.nextInt(9, 15)));
          PayloadInspector inspector = new PayloadInspector(keys);
          ByteBuffer all = payload.asByteBuffer();
          while (all.hasRemaining()) {
            int size = Math.min(seeded.nextInt(1, 600), all.remaining());
            ByteBuffer piece = all.slice(all.position(), size);
            inspector.inspect(piece);
            assertThat(piece.remaining()).isEqualTo(size);
            all.position(all.position() + size);
          }
          inspector.finish();
          assertThat(inspector.recipientKeys()).isEqualTo(keys);
        });
  }

  @Test
  void refusesEveryPayloadThatEndsEarlyByKpPay6() {
    Bytes payload = Bytes.concat(sessionKey, Envelopes.dataInParts(body, 9));
    for (int size = 0; size < payload.size(); size++) {
      Bytes cut = payload.slice(0, size);
      assertMalformed(cut);
    }
    inspect(payload);
  }

  @Test
  void refusesAnythingAfterTheEncryptedDataByKpPay6AndT38() {
    Bytes payload = Bytes.concat(sessionKey, Envelopes.data(body));
    assertMalformed(Bytes.concat(payload, Bytes.parseHex("00")));
    assertMalformed(Bytes.concat(payload, payload));
    assertMalformed(Bytes.concat(payload, Envelopes.data(body)));
    assertMalformed(
        Bytes.concat(sessionKey, Envelopes.dataInParts(body, 9), Bytes.parseHex("d500")));
  }

  @Test
  void refusesAPayloadThatDoesNotNameTheRecipientsKeyByKpPay4() {
    assertMalformed(Envelopes.data(body));
    assertMalformed(
        Bytes.concat(
            Envelopes.sessionKey(random, Bytes.parseHex("cd".repeat(32))), Envelopes.data(body)));
  }

  @Test
  void refusesTwoSessionKeysForOneSubkeyByKpPay3() {
    assertMalformed(Bytes.concat(sessionKey, sessionKey, Envelopes.data(body)));
  }

  @Test
  void takes100SessionKeysAndNotOneMoreByKpPay3AndT19() {
    Bytes keys = sessionKey;
    for (int i = 1; i < 100; i++) {
      keys = Bytes.concat(keys, Envelopes.sessionKey(random, SeededRandom.bytes(random, 32)));
    }
    inspect(Bytes.concat(keys, Envelopes.data(body)));
    assertMalformed(
        Bytes.concat(
            keys,
            Envelopes.sessionKey(random, SeededRandom.bytes(random, 32)),
            Envelopes.data(body)));
  }

  @ParameterizedTest(name = "KP-PAY-2, T05: refuses a session key with {2}")
  @CsvSource({
    "0, 84, an old packet header",
    "0, c3, a symmetric session key",
    "0, 01, no packet header",
    "1, 6c, another length",
    "1, ff, a long form of its length",
    "2, 03, version 3",
    "3, 00, no recipient",
    "3, 15, a v4 fingerprint",
    "4, 04, a v4 key",
    "37, 01, RSA",
    "37, 1a, X448",
    "70, 18, a session key for AES-128",
  })
  void refusesAnotherSessionKey(int at, String octet, String why) {
    assertThat(why).isNotEmpty();
    Bytes changed =
        Bytes.concat(
            sessionKey.slice(0, at),
            Bytes.parseHex(octet),
            sessionKey.slice(at + 1, sessionKey.size()));
    assertMalformed(Bytes.concat(changed, Envelopes.data(body)));
  }

  @ParameterizedTest(name = "KP-PAY-5, T05: refuses encrypted data with {1}")
  @CsvSource({
    "01090206, SEIPDv1",
    "02070206, AES-128",
    "02090106, EAX",
    "02090306, GCM",
    "02090211, chunks over 4 MiB",
  })
  void refusesOtherEncryptedData(String start, String why) {
    assertThat(why).isNotEmpty();
    Bytes changed = Bytes.concat(Bytes.parseHex(start), body.slice(4, body.size()));
    assertMalformed(Bytes.concat(sessionKey, Envelopes.data(changed)));
  }

  @ParameterizedTest(name = "KP-PAY-1, T05: refuses {1} in place of encrypted data")
  @CsvSource({
    "cb, literal data",
    "c8, compressed data",
    "c9, encrypted data without integrity",
    "d4, the AEAD packet of a draft",
    "c4, a one-pass signature",
    "d5, padding",
    "a4, an old packet header",
  })
  void refusesAnotherPacket(String tag, String why) {
    assertThat(why).isNotEmpty();
    Bytes data = Envelopes.data(body);
    assertMalformed(Bytes.concat(sessionKey, Bytes.parseHex(tag), data.slice(1, data.size())));
  }

  @Test
  void refusesASmallFirstPartAndTooLittleDataByKpPay5() {
    assertMalformed(Bytes.concat(sessionKey, Envelopes.dataInParts(body, 8)));
    assertMalformed(Bytes.concat(sessionKey, Envelopes.data(Envelopes.dataBody(random, 68))));
    assertMalformed(Bytes.concat(sessionKey, Bytes.parseHex("d200")));
  }

  @Test
  void doesNotAllocateForALengthThatIsOnlyClaimedByKpPay6AndT39() {
    PayloadInspector inspector = new PayloadInspector(Set.of(KEY));
    inspector.inspect(
        Bytes.concat(sessionKey, Bytes.parseHex("d2ffffffffff"), body).asByteBuffer());
    assertThatThrownBy(inspector::finish).isInstanceOf(RefusedException.class);
  }

  @Test
  void refusesOrTakesWhateverIsMadeOfAPayloadByChangingIt() {
    Bytes payload = Bytes.concat(sessionKey, Envelopes.dataInParts(body, 9));
    SeededRandom.forSeeds(
        3000,
        seeded -> {
          Bytes mutated = Bytes.copyOf(SeededRandom.mutate(seeded, payload.toByteArray()));
          try {
            inspect(mutated);
            assertThat(mutated.startsWith(sessionKey.slice(0, 38))).isTrue();
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(RefusalCode.PAYLOAD_MALFORMED);
          }
        });
  }

  private static void inspect(Bytes payload) {
    PayloadInspector inspector = new PayloadInspector(Set.of(KEY));
    inspector.inspect(payload.asByteBuffer());
    inspector.finish();
  }

  private static void assertMalformed(Bytes payload) {
    assertThatThrownBy(() -> inspect(payload))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.PAYLOAD_MALFORMED));
  }
}
