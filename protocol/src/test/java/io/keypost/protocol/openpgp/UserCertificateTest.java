package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BEGIN;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;
import static io.keypost.protocol.refusal.RefusalCode.RECIPIENT_KEY_UNUSABLE;
import static io.keypost.protocol.refusal.RefusalCode.USER_CERTIFICATE_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class UserCertificateTest {
  @Test
  void decodesWhatWasGeneratedByKpKey1() {
    UserCertificate certificate = UserCertificate.decode(ALICE.certificate().encode());

    assertThat(certificate.address()).isEqualTo(Address.parse("alice@alpha.test"));
    assertThat(certificate.fingerprint().size()).isEqualTo(32);
    assertThat(certificate.subkeys()).hasSize(2);
    assertThat(certificate.signingSubkeys(NOW).getFirst().fingerprint())
        .isEqualTo(ALICE.signingFingerprint());
    assertThat(certificate.currentEncryptionKey(NOW).life().at(NOW)).isEqualTo(KeyLife.State.VALID);
    assertThat(certificate).isEqualTo(ALICE.certificate());
  }

  @Test
  void isACertificateToTheLibraryToo() throws IOException {
    OpenPGPCertificate other =
        new OpenPGPCertificate(
            new PGPPublicKeyRing(
                ALICE.certificate().encode().toByteArray(), new BcKeyFingerprintCalculator()),
            new BcOpenPGPImplementation());
    Date now = Date.from(NOW);

    assertThat(other.getPrimaryKey().isCertificationKey(now)).isTrue();
    assertThat(other.getPrimaryKey().isSigningKey(now)).isFalse();
    assertThat(other.getSigningKeys(now)).hasSize(1);
    assertThat(other.getEncryptionKeys(now)).hasSize(1);
    assertThat(other.getValidUserIds(now).getFirst().getUserId()).isEqualTo("alice@alpha.test");
    assertThat(Bytes.copyOf(other.getFingerprint())).isEqualTo(ALICE.certificate().fingerprint());
  }

  @Test
  void changedOctetsAreRefusedAndNothingElseHappens() {
    byte[] original =
        ALICE.rotateEncryptionSubkey(NOW, RANDOM).certificate().encode().toByteArray();
    SeededRandom.forSeeds(
        400,
        random -> {
          Bytes mutated = Bytes.copyOf(SeededRandom.mutate(random, original));
          try {
            assertThat(UserCertificate.decode(mutated).encode()).isEqualTo(mutated);
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(USER_CERTIFICATE_INVALID);
          }
        });
  }

  @Test
  void randomOctetsAreRefused() {
    SeededRandom.forSeeds(
        400,
        random -> {
          Bytes octets = SeededRandom.bytes(random, random.nextInt(600));
          assertRefused(USER_CERTIFICATE_INVALID, () -> UserCertificate.decode(octets));
        });
  }

  /** T21. */
  @Nested
  class Flooding {
    @Test
    void refusesMoreThan64KiBBeforeParsingByKpKey2() {
      Bytes megabyte = Bytes.copyOf(new byte[1 << 20]);
      assertRefused(
          USER_CERTIFICATE_INVALID, "1048576 octets", () -> UserCertificate.decode(megabyte));
    }

    @Test
    void refusesManySignaturesOnOneKeyByKpKey2() throws PGPException {
      Forge forge = Forge.begin();
      forge.add(forge.primaryPacket());
      Bytes signature = forge.directKey(BEGIN, s -> s.setKeyFlags(true, Profile.PRIMARY_FLAGS));
      for (int i = 0; i <= CertificateReader.MAX_SIGNATURES_ON_A_COMPONENT; i++) {
        forge.add(signature);
      }
      assertRefused(
          USER_CERTIFICATE_INVALID,
          "signatures in a row",
          () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesManyPacketsByKpKey2() {
      byte[] emptyPackets = new byte[2 * (CertificateReader.MAX_PACKETS + 1)];
      for (int i = 0; i < emptyPackets.length; i += 2) {
        emptyPackets[i] = (byte) 0xcd;
      }
      assertRefused(
          USER_CERTIFICATE_INVALID,
          "packets",
          () -> UserCertificate.decode(Bytes.copyOf(emptyPackets)));
    }
  }

  /** T39. */
  @Nested
  class Policy {
    @Test
    void refusesLengthsThatAreNotThere() {
      for (String start :
          List.of("c6ffffffffff", "c6ff7fffffff", "c6c0", "c6", "c6fe", "9900", "06")) {
        assertRefused(
            USER_CERTIFICATE_INVALID, () -> UserCertificate.decode(Bytes.parseHex(start)));
      }
    }

    @Test
    void refusesVersion4ByKpKey1() throws PGPException, IOException {
      Bytes version4 =
          Bytes.copyOf(
              new BcOpenPGPApi()
                  .generateKey(4, Date.from(BEGIN))
                  .ed25519x25519Key("mallory@evil.test")
                  .build()
                  .toCertificate()
                  .getEncoded(PacketFormat.CURRENT));
      assertRefused(USER_CERTIFICATE_INVALID, "version 6", () -> UserCertificate.decode(version4));
    }

    @Test
    void refusesRsaByKpKey1() throws PGPException, IOException {
      Bytes rsa =
          Bytes.copyOf(
              new BcOpenPGPApi()
                  .generateKey(6, Date.from(BEGIN))
                  .singletonRSAKey(2048, "mallory@evil.test")
                  .build()
                  .toCertificate()
                  .getEncoded(PacketFormat.CURRENT));
      assertRefused(USER_CERTIFICATE_INVALID, () -> UserCertificate.decode(rsa));
    }

    @Test
    void refusesNotationsByKpKey3() throws PGPException {
      Forge forge = Forge.begin();
      forge.add(
          forge.primaryPacket(),
          forge.directKey(
              BEGIN,
              s -> {
                s.setKeyFlags(true, Profile.PRIMARY_FLAGS);
                s.addNotationData(false, true, "proof@example.org", "anything");
              }));
      assertRefused(
          USER_CERTIFICATE_INVALID, "subpacket 20", () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesUnknownSubpacketsByKpKey3() throws PGPException {
      for (boolean critical : List.of(true, false)) {
        Forge forge = Forge.begin();
        forge.add(
            forge.primaryPacket(),
            forge.directKey(
                BEGIN,
                s -> {
                  s.setKeyFlags(true, Profile.PRIMARY_FLAGS);
                  s.addCustomSubpacket(new Unknown(critical));
                }));
        assertRefused(
            USER_CERTIFICATE_INVALID,
            "subpacket 101",
            () -> UserCertificate.decode(forge.encoded()));
      }
    }

    @Test
    void refusesUnhashedSubpacketsByKpKey3() throws PGPException {
      Forge forge = Forge.begin();
      PGPSignatureGenerator generator =
          forge
              .signer(BEGIN)
              .start(PGPSignature.DIRECT_KEY, s -> s.setKeyFlags(true, Profile.PRIMARY_FLAGS));
      PGPSignatureSubpacketGenerator unhashed = new PGPSignatureSubpacketGenerator();
      unhashed.setKeyFlags(true, Profile.SIGNING_FLAGS);
      generator.setUnhashedSubpackets(unhashed.generate());
      forge.add(
          forge.primaryPacket(),
          Signer.encoded(generator.generateCertification(forge.primary.getPublicKey())));
      assertRefused(
          USER_CERTIFICATE_INVALID, "unhashed", () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesSignaturesFromBeforeTheKeyByKpKey3() throws PGPException {
      Forge forge = Forge.begin();
      forge.add(
          forge.primaryPacket(),
          forge.directKey(BEGIN.minusSeconds(1), s -> s.setKeyFlags(true, Profile.PRIMARY_FLAGS)));
      assertRefused(
          USER_CERTIFICATE_INVALID,
          "before its key",
          () -> UserCertificate.decode(forge.encoded()));
    }
  }

  /** T04: what a certificate could claim and must not. */
  @Nested
  class Claims {
    @Test
    void refusesACertificationByAThirdPartyByKpKey3() throws PGPException {
      Forge forge = Forge.begin().goodPrimary();
      forge.add(
          Signer.encoded(
              BOB.primarySigner(NOW)
                  .start(PGPSignature.POSITIVE_CERTIFICATION, s -> {})
                  .generateCertification(Forge.MALLORY.toString(), forge.primary.getPublicKey())));
      assertRefused(
          USER_CERTIFICATE_INVALID, "third party", () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesAPrimaryKeyThatSigns() throws PGPException {
      Forge forge = Forge.begin();
      forge.add(
          forge.primaryPacket(),
          forge.directKey(
              BEGIN, s -> s.setKeyFlags(true, Profile.PRIMARY_FLAGS | Profile.SIGNING_FLAGS)));
      assertRefused(
          USER_CERTIFICATE_INVALID,
          "more than certify",
          () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesACertificateWithoutDirectKeySignature() throws PGPException {
      Forge forge = Forge.begin();
      forge.add(
          forge.primaryPacket(),
          Forge.userId("mallory@evil.test"),
          forge.certification("mallory@evil.test"));
      assertRefused(
          USER_CERTIFICATE_INVALID, "nothing binds", () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesUserIdsThatAreNotOneCanonicalAddressByKpKey1() throws PGPException {
      for (String userId :
          List.of(
              "Mallory <mallory@evil.test>",
              "Mallory@evil.test",
              "mallory@EVIL.test",
              "",
              "mallory")) {
        Forge forge = Forge.begin();
        forge.add(
            forge.primaryPacket(),
            forge.directKey(BEGIN, s -> s.setKeyFlags(true, Profile.PRIMARY_FLAGS)),
            Forge.userId(userId),
            forge.certification(userId));
        assertRefused(USER_CERTIFICATE_INVALID, () -> UserCertificate.decode(forge.encoded()));
      }
    }

    @Test
    void refusesASecondUserIdByKpKey1() throws PGPException {
      Forge forge = Forge.begin().goodPrimary();
      forge.add(Forge.userId("alice@alpha.test"), forge.certification("alice@alpha.test"));
      assertRefused(
          USER_CERTIFICATE_INVALID,
          "not of type 14",
          () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesAnAdoptedSigningSubkeyByKpKey4() throws PGPException {
      Forge forge = Forge.begin().goodPrimary();
      Bytes alices = subkeyPacket(ALICE.certificate(), Packets.TAG_PUBLIC_SUBKEY, 0);
      PGPKeyPair adopted = ALICE.signer(BEGIN).key();
      forge.add(
          alices, forge.binding(adopted, BEGIN, s -> s.setKeyFlags(true, Profile.SIGNING_FLAGS)));
      assertRefused(
          USER_CERTIFICATE_INVALID,
          "embedded signature",
          () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesABackSignatureByAnotherKeyByKpKey4() throws PGPException {
      Forge forge = Forge.begin().goodPrimary();
      PGPSignature wrong = forge.backSignature(forge.primary);
      forge.add(
          Forge.packet(Packets.TAG_PUBLIC_SUBKEY, forge.signing.getPublicKey()),
          forge.binding(
              forge.signing,
              BEGIN,
              s -> {
                s.setKeyFlags(true, Profile.SIGNING_FLAGS);
                s.addEmbeddedSignature(true, wrong);
              }));
      assertRefused(
          USER_CERTIFICATE_INVALID, "third party", () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesAnEncryptionSubkeyThatSigns() throws PGPException {
      Forge forge = Forge.begin().goodPrimary();
      forge.add(
          Forge.packet(Packets.TAG_PUBLIC_SUBKEY, forge.encryption.getPublicKey()),
          forge.binding(
              forge.encryption,
              BEGIN,
              s -> s.setKeyFlags(true, Profile.ENCRYPTION_FLAGS | Profile.SIGNING_FLAGS)));
      assertRefused(
          USER_CERTIFICATE_INVALID, "flags", () -> UserCertificate.decode(forge.encoded()));
    }

    @Test
    void refusesAKeyThatOccursTwice() throws PGPException {
      Forge forge = Forge.begin().goodPrimary().goodSubkeys();
      forge.add(SelfSignatures.encryptionSubkey(forge.signer(BEGIN), forge.encryption));
      assertRefused(
          USER_CERTIFICATE_INVALID, "twice", () -> UserCertificate.decode(forge.encoded()));
    }

    private static Bytes subkeyPacket(UserCertificate certificate, int tag, int index) {
      try {
        return Packets.readAll(certificate.encode(), CertificateReader.MAX_PACKETS).stream()
            .filter(p -> p.tag() == tag)
            .skip(index)
            .findFirst()
            .orElseThrow()
            .encoded();
      } catch (MalformedPacketException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Nested
  class Life {
    private static final Instant LATER = NOW.plus(Duration.ofDays(1));

    @Test
    void aRetiredSubkeyWasGoodBeforeAndIsRevokedAfterByKpKey5() {
      Subkey subkey = signingSubkey(ALICE.revokeSigningSubkey(RevocationReason.RETIRED, NOW));
      assertThat(subkey.life().at(NOW.minusSeconds(1))).isEqualTo(KeyLife.State.VALID);
      assertThat(subkey.life().at(NOW)).isEqualTo(KeyLife.State.REVOKED);
      assertThat(subkey.life().at(LATER)).isEqualTo(KeyLife.State.REVOKED);
    }

    @Test
    void aCompromisedSubkeyWasNeverGoodByKpKey5() {
      Subkey subkey = signingSubkey(ALICE.revokeSigningSubkey(RevocationReason.COMPROMISED, NOW));
      assertThat(subkey.life().at(BEGIN)).isEqualTo(KeyLife.State.REVOKED);
    }

    @Test
    void aSubkeyEndsWhenItsBindingSays() throws PGPException {
      Forge forge = Forge.begin().goodPrimary().signingSubkeyThatEndsAfter(Duration.ofDays(2));
      Subkey subkey = UserCertificate.decode(forge.encoded()).subkeys().getFirst();
      assertThat(subkey.life().at(BEGIN.plus(Duration.ofDays(2)).minusSeconds(1)))
          .isEqualTo(KeyLife.State.VALID);
      assertThat(subkey.life().at(BEGIN.plus(Duration.ofDays(2)))).isEqualTo(KeyLife.State.EXPIRED);
      assertThat(subkey.life().at(BEGIN.minusSeconds(1))).isEqualTo(KeyLife.State.NOT_YET_VALID);
    }

    @Test
    void aRevokedPrimaryKeyRevokesItsSubkeys() throws PGPException {
      Forge forge = Forge.begin().goodPrimary().goodSubkeys();
      Bytes revocation =
          Signer.encoded(
              forge
                  .signer(NOW)
                  .start(
                      PGPSignature.KEY_REVOCATION,
                      s -> s.setRevocationReason(true, RevocationReason.RETIRED.code(), ""))
                  .generateCertification(forge.primary.getPublicKey()));
      Bytes primary = forge.parts.getFirst();
      Bytes key = forge.primaryPacket();
      forge.parts.set(0, Bytes.concat(key, revocation, primary.slice(key.size(), primary.size())));
      UserCertificate certificate = UserCertificate.decode(forge.encoded());
      assertThat(certificate.subkeys())
          .allSatisfy(s -> assertThat(s.life().at(LATER)).isEqualTo(KeyLife.State.REVOKED));
      assertRefused(RECIPIENT_KEY_UNUSABLE, () -> certificate.currentEncryptionKey(LATER));
    }

    @Test
    void rotationMakesTheNewSubkeyTheCurrentOne() {
      UserSecretKey rotated = ALICE.rotateEncryptionSubkey(NOW, RANDOM);
      Bytes before = ALICE.certificate().currentEncryptionKey(NOW).fingerprint();
      assertThat(rotated.certificate().currentEncryptionKey(LATER).fingerprint())
          .isNotEqualTo(before);
      assertThat(rotated.certificate().subkey(before).orElseThrow().life().at(LATER))
          .isEqualTo(KeyLife.State.REVOKED);
      assertThat(rotated.decryptionKey(before)).isPresent();
    }

    private static Subkey signingSubkey(UserSecretKey key) {
      return key.certificate().subkey(key.signingFingerprint()).orElseThrow();
    }
  }

  @Nested
  class Succession {
    @Test
    void takesAnAddedRevocationAndANewSubkey() {
      UserCertificate revoked =
          ALICE.revokeSigningSubkey(RevocationReason.RETIRED, NOW).certificate();
      revoked.requireSuccessorOf(ALICE.certificate());
      UserCertificate rotated = ALICE.rotateEncryptionSubkey(NOW, RANDOM).certificate();
      rotated.requireSuccessorOf(ALICE.certificate());
      assertThat(rotated.subkeys()).hasSize(3);
    }

    @Test
    void refusesToLoseARevocationByKpKsv6() {
      UserCertificate revoked =
          ALICE.revokeSigningSubkey(RevocationReason.RETIRED, NOW).certificate();
      assertRefused(
          USER_CERTIFICATE_INVALID, () -> ALICE.certificate().requireSuccessorOf(revoked));
    }

    @Test
    void refusesToLoseASubkeyByKpKsv6() {
      UserCertificate rotated = ALICE.rotateEncryptionSubkey(NOW, RANDOM).certificate();
      assertRefused(
          USER_CERTIFICATE_INVALID, () -> ALICE.certificate().requireSuccessorOf(rotated));
    }

    @Test
    void refusesAnotherPrimaryKeyByKpKsv6() {
      UserSecretKey other = Users.user("alice@alpha.test");
      assertRefused(
          USER_CERTIFICATE_INVALID,
          () -> other.certificate().requireSuccessorOf(ALICE.certificate()));
    }
  }

  /** A subpacket of a type that nobody has defined. */
  private static final class Unknown extends SignatureSubpacket {
    Unknown(boolean critical) {
      super(101, critical, false, new byte[] {1});
    }
  }
}
