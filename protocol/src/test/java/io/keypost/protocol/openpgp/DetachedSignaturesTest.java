package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.openpgp.SignatureContext.CONSENT;
import static io.keypost.protocol.openpgp.SignatureContext.ENROLMENT;
import static io.keypost.protocol.openpgp.SignatureContext.ENVELOPE;
import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BEGIN;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.refusal.RefusalCode.SENDER_KEY_EXPIRED;
import static io.keypost.protocol.refusal.RefusalCode.SENDER_KEY_NOT_SIGNING;
import static io.keypost.protocol.refusal.RefusalCode.SENDER_KEY_REVOKED;
import static io.keypost.protocol.refusal.RefusalCode.SENDER_KEY_UNKNOWN;
import static io.keypost.protocol.refusal.RefusalCode.SIGNATURE_INVALID;
import static io.keypost.protocol.refusal.RefusalCode.SIGNATURE_MALFORMED;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.junit.jupiter.api.Test;

/** T04 and T39, where signatures are detached. */
class DetachedSignaturesTest {
  private static final Bytes DATA = Bytes.utf8("what was signed");
  private static final Instant LATER = NOW.plus(Duration.ofDays(1));

  @Test
  void verifiesWhatWasSignedByKpEnv6() {
    SignatureVerdict verdict = verify(sign(ALICE), ALICE, NOW);
    assertThat(verdict.key()).isEqualTo(ALICE.signingFingerprint());
    assertThat(verdict.signedAt()).isEqualTo(Instant.ofEpochSecond(NOW.getEpochSecond()));
  }

  @Test
  void isOnePacketOfKnownForm() throws MalformedPacketException {
    Packets.Packet packet = Packets.readOne(sign(ALICE), Packets.TAG_SIGNATURE);
    SignatureBody body = SignatureBody.read(packet, Profile.DETACHED_SUBPACKETS);
    assertThat(body.type()).isEqualTo(PGPSignature.BINARY_DOCUMENT);
    assertThat(body.issuer()).isEqualTo(ALICE.signingFingerprint());
    assertThat(body.salt().size()).isEqualTo(32);
    assertThat(packet.encoded()).isEqualTo(sign(packet));
  }

  private static Bytes sign(Packets.Packet packet) throws MalformedPacketException {
    return Packets.readAll(packet.encoded(), 1).getFirst().encoded();
  }

  @Test
  void refusesOtherData() {
    assertRefused(
        SIGNATURE_INVALID,
        () ->
            DetachedSignatures.verify(
                ENVELOPE,
                Bytes.utf8("else"),
                sign(ALICE),
                ALICE.certificate(),
                ALICE.signingFingerprint(),
                NOW));
  }

  @Test
  void refusesAnotherContextByKpKey6() {
    for (SignatureContext other : SignatureContext.values()) {
      if (other != ENVELOPE) {
        assertRefused(
            SIGNATURE_INVALID,
            () ->
                DetachedSignatures.verify(
                    other,
                    DATA,
                    sign(ALICE),
                    ALICE.certificate(),
                    ALICE.signingFingerprint(),
                    NOW));
      }
    }
  }

  @Test
  void contextsDoNotBeginEachOtherByKpKey6() {
    for (SignatureContext a : SignatureContext.values()) {
      for (SignatureContext b : SignatureContext.values()) {
        assertThat(a.prefix().startsWith(b.prefix())).isEqualTo(a == b);
      }
    }
  }

  @Test
  void refusesAnotherUsersKeyByKpEnv6() {
    assertRefused(SIGNATURE_INVALID, () -> verify(sign(BOB), ALICE, NOW));
    assertRefused(
        SENDER_KEY_UNKNOWN,
        () ->
            DetachedSignatures.verify(
                ENVELOPE, DATA, sign(BOB), ALICE.certificate(), BOB.signingFingerprint(), NOW));
  }

  @Test
  void refusesKeysThatAreNotForSigningByKpEnv6() {
    Bytes byPrimary = DetachedSignatures.signWithPrimary(ENVELOPE, DATA, ALICE, NOW);
    assertRefused(
        SENDER_KEY_NOT_SIGNING,
        () ->
            DetachedSignatures.verify(
                ENVELOPE,
                DATA,
                byPrimary,
                ALICE.certificate(),
                ALICE.certificate().fingerprint(),
                NOW));
    assertRefused(
        SENDER_KEY_NOT_SIGNING,
        () ->
            DetachedSignatures.verify(
                ENVELOPE,
                DATA,
                sign(ALICE),
                ALICE.certificate(),
                ALICE.certificate().currentEncryptionKey(NOW).fingerprint(),
                NOW));
  }

  @Test
  void refusesARevokedKeyByKpEnv6() {
    UserSecretKey retired = ALICE.revokeSigningSubkey(RevocationReason.RETIRED, LATER);
    assertThat(verify(sign(ALICE), retired, NOW).signedAt()).isBefore(NOW);
    assertRefused(SENDER_KEY_REVOKED, () -> verify(sign(ALICE), retired, LATER));
    UserSecretKey compromised = ALICE.revokeSigningSubkey(RevocationReason.COMPROMISED, LATER);
    assertRefused(SENDER_KEY_REVOKED, () -> verify(sign(ALICE), compromised, NOW));
  }

  @Test
  void refusesAnExpiredKeyByKpEnv6() throws PGPException {
    Forge forge =
        Forge.begin()
            .goodPrimary()
            .signingSubkeyThatEndsAfter(Duration.between(BEGIN, NOW).plusHours(1));
    UserSecretKey user = forge.user();
    assertThat(verify(sign(user), user, NOW).key()).isEqualTo(user.signingFingerprint());
    assertRefused(SENDER_KEY_EXPIRED, () -> verify(sign(user), user, LATER));
  }

  @Test
  void refusesASignatureFromBeforeTheKey() {
    Bytes early = DetachedSignatures.sign(ENVELOPE, DATA, ALICE, BEGIN.minusSeconds(1));
    assertRefused(SIGNATURE_INVALID, "not bound yet", () -> verify(early, ALICE, NOW));
  }

  @Test
  void refusesASignatureFromTheFuture() {
    assertRefused(
        SIGNATURE_INVALID, "to come", () -> verify(sign(ALICE), ALICE, NOW.minusSeconds(2)));
  }

  @Test
  void refusesAnythingButOnePacketByKpEnv5() {
    Bytes good = sign(ALICE);
    for (Bytes bad :
        List.of(
            Bytes.empty(),
            Bytes.concat(good, good),
            Bytes.concat(good, Bytes.parseHex("00")),
            good.slice(0, good.size() - 1),
            good.slice(1, good.size()),
            Bytes.copyOf(new byte[4096]))) {
      assertRefused(SIGNATURE_MALFORMED, () -> verify(bad, ALICE, NOW));
    }
  }

  @Test
  void refusesTheLegacyHeaderFormat() {
    Bytes good = sign(ALICE);
    Bytes legacy = Bytes.concat(Bytes.parseHex("88"), good.slice(1, good.size()));
    assertRefused(SIGNATURE_MALFORMED, () -> verify(legacy, ALICE, NOW));
  }

  @Test
  void refusesOtherTypesVersionsAlgorithmsAndSubpacketsByKpKey3() throws PGPException {
    assertRefused(
        SIGNATURE_MALFORMED,
        () -> verify(made(PGPSignature.CANONICAL_TEXT_DOCUMENT, s -> {}), ALICE, NOW));
    assertRefused(
        SIGNATURE_MALFORMED,
        () ->
            verify(
                made(
                    PGPSignature.BINARY_DOCUMENT,
                    s -> s.addNotationData(true, true, "a@example.org", "b")),
                ALICE,
                NOW));
    assertRefused(
        SIGNATURE_MALFORMED,
        () ->
            verify(
                made(PGPSignature.BINARY_DOCUMENT, s -> s.setSignatureExpirationTime(true, 60)),
                ALICE,
                NOW));
    byte[] octets = sign(ALICE).toByteArray();
    // Version, algorithm, hash: at 2, 4 and 5 after the two octets of the header.
    for (int at : new int[] {2, 4, 5}) {
      for (int value = 0; value < 256; value++) {
        byte[] changed = octets.clone();
        changed[at] = (byte) value;
        if (changed[at] != octets[at]) {
          assertRefused(SIGNATURE_MALFORMED, () -> verify(Bytes.copyOf(changed), ALICE, NOW));
        }
      }
    }
  }

  @Test
  void refusesUnhashedSubpacketsByKpEnv5() throws PGPException {
    PGPSignatureGenerator generator =
        ALICE.signer(NOW).start(PGPSignature.BINARY_DOCUMENT, s -> {});
    PGPSignatureSubpacketGenerator unhashed = new PGPSignatureSubpacketGenerator();
    unhashed.setIssuerKeyID(false, 1);
    generator.setUnhashedSubpackets(unhashed.generate());
    generator.update(Bytes.concat(ENVELOPE.prefix(), DATA).toByteArray());
    Bytes signature = Signer.encoded(generator.generate());
    assertRefused(SIGNATURE_MALFORMED, "unhashed", () -> verify(signature, ALICE, NOW));
  }

  @Test
  void changedOctetsAreRefused() {
    byte[] original = sign(ALICE).toByteArray();
    Set<RefusalCode> expected = Set.of(SIGNATURE_MALFORMED, SIGNATURE_INVALID);
    SeededRandom.forSeeds(
        500,
        random -> {
          Bytes mutated = Bytes.copyOf(SeededRandom.mutate(random, original));
          if (mutated.equals(Bytes.copyOf(original))) {
            return;
          }
          try {
            verify(mutated, ALICE, NOW);
            throw new AssertionError("verified");
          } catch (RefusedException e) {
            assertThat(e.code()).isIn(expected);
          }
        });
  }

  @Test
  void thePrimaryKeySignsWhatAnAddressSaysOfItself() {
    Bytes proof = DetachedSignatures.signWithPrimary(ENROLMENT, DATA, ALICE, NOW);
    assertThat(
            DetachedSignatures.verifyByPrimary(ENROLMENT, DATA, proof, ALICE.certificate(), NOW)
                .key())
        .isEqualTo(ALICE.certificate().fingerprint());
    assertRefused(
        SIGNATURE_INVALID,
        () -> DetachedSignatures.verifyByPrimary(CONSENT, DATA, proof, ALICE.certificate(), NOW));
    assertRefused(
        SIGNATURE_INVALID,
        () -> DetachedSignatures.verifyByPrimary(ENROLMENT, DATA, proof, BOB.certificate(), NOW));
    assertRefused(
        SIGNATURE_INVALID,
        () ->
            DetachedSignatures.verifyByPrimary(
                ENVELOPE, DATA, sign(ALICE), ALICE.certificate(), NOW));
  }

  private static Bytes sign(UserSecretKey key) {
    return DetachedSignatures.sign(ENVELOPE, DATA, key, NOW);
  }

  private static Bytes made(int type, Signer.Contents contents) throws PGPException {
    PGPSignatureGenerator generator = ALICE.signer(NOW).start(type, contents);
    generator.update(Bytes.concat(ENVELOPE.prefix(), DATA).toByteArray());
    return Signer.encoded(generator.generate());
  }

  private static SignatureVerdict verify(Bytes signature, UserSecretKey by, Instant judgedAt) {
    return DetachedSignatures.verify(
        ENVELOPE, DATA, signature, by.certificate(), by.signingFingerprint(), judgedAt);
  }
}
