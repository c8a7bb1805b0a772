package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;
import static io.keypost.protocol.refusal.RefusalCode.SECRET_KEY_UNUSABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import java.io.IOException;
import java.util.Iterator;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.junit.jupiter.api.Test;

class UserSecretKeyTest {
  private static final char[] PASSPHRASE = "correct horse".toCharArray();
  private static final UserSecretKey KEY = ALICE.rotateEncryptionSubkey(NOW, RANDOM);
  private static final Bytes FILE = KEY.protect(PASSPHRASE.clone(), RANDOM);

  @Test
  void isReadWithItsPassphrase() throws IOException {
    UserSecretKey read = UserSecretKey.unprotect(FILE, PASSPHRASE.clone());

    assertThat(read.certificate()).isEqualTo(KEY.certificate());
    Sealed sealed = Sealed.by(read, Bytes.utf8("to myself"), ALICE);
    OpenedMessage<Bytes> opened =
        new MessageOpener(read)
            .open(
                sealed.payload().asInputStream(),
                sealed.envelope(),
                read.certificate(),
                NOW,
                Spool.inMemory(100));
    assertThat(opened.content()).isEqualTo(Bytes.utf8("to myself"));
  }

  @Test
  void isRefusedWithAnother() {
    assertRefused(
        SECRET_KEY_UNUSABLE, () -> UserSecretKey.unprotect(FILE, "correct house".toCharArray()));
    assertRefused(SECRET_KEY_UNUSABLE, () -> UserSecretKey.unprotect(FILE, new char[0]));
  }

  @Test
  void everySecretIsProtectedByArgon2idAndAeadByKpKey9() throws IOException, PGPException {
    PGPSecretKeyRing ring =
        new PGPSecretKeyRing(FILE.toByteArray(), new BcKeyFingerprintCalculator());
    int count = 0;
    for (PGPSecretKey key : ring) {
      assertThat(key.getS2KUsage()).isEqualTo(SecretKeyPacket.USAGE_AEAD);
      assertThat(key.getS2K().getType()).isEqualTo(S2K.ARGON_2);
      assertThat(key.getS2K().getMemorySizeExponent()).isEqualTo(16);
      count++;
    }
    assertThat(count).isEqualTo(4);
  }

  @Test
  void damagedFilesAreRefused() {
    byte[] original = FILE.toByteArray();
    // Few: each one that is damaged at its end costs the derivation of a key.
    SeededRandom.forSeeds(
        12,
        random -> {
          byte[] damaged = SeededRandom.mutate(random, original);
          if (!Bytes.copyOf(damaged).equals(FILE)) {
            assertRefused(
                SECRET_KEY_UNUSABLE,
                () -> UserSecretKey.unprotect(Bytes.copyOf(damaged), PASSPHRASE.clone()));
          }
        });
    assertRefused(
        SECRET_KEY_UNUSABLE, () -> UserSecretKey.unprotect(Bytes.empty(), PASSPHRASE.clone()));
    assertRefused(
        SECRET_KEY_UNUSABLE,
        () -> UserSecretKey.unprotect(Bytes.copyOf(new byte[1 << 20]), PASSPHRASE.clone()));
  }

  /** T39: gigantic S2K. */
  @Test
  void refusesAFileThatAsksForFourGibibytesByKpKey9() throws IOException, PGPException {
    // Type 4, salt, 3 passes, 4 lanes, memory 2^16 KiB: the exponent is made 2^22 KiB, the salt's
    // octets stay.
    byte[] file = FILE.toByteArray();
    int at = indexOfArgon2(file);
    file[at + 19] = 22;
    assertRefused(
        SECRET_KEY_UNUSABLE,
        "too much memory",
        () -> UserSecretKey.unprotect(Bytes.copyOf(file), PASSPHRASE.clone()));
  }

  private static int indexOfArgon2(byte[] file) {
    for (int at = 0; at < file.length - 20; at++) {
      if (file[at] == S2K.ARGON_2
          && file[at + 17] == 3
          && file[at + 18] == 4
          && file[at + 19] == 16) {
        return at;
      }
    }
    throw new AssertionError("no Argon2 parameters");
  }

  @Test
  void refusesAFileWithWeakerProtectionByKpKey9() throws IOException, PGPException {
    assertRefused(
        SECRET_KEY_UNUSABLE,
        "not protected",
        () ->
            UserSecretKey.unprotect(
                reprotected(
                    new BcPBESecretKeyEncryptorBuilder(Profile.SYMMETRIC_ALGORITHM)
                        .build(PASSPHRASE)),
                PASSPHRASE.clone()));
    assertRefused(
        SECRET_KEY_UNUSABLE,
        "not protected",
        () -> UserSecretKey.unprotect(reprotected(null), PASSPHRASE.clone()));
  }

  private static Bytes reprotected(PBESecretKeyEncryptor encryptor)
      throws IOException, PGPException {
    PGPSecretKeyRing ring =
        new PGPSecretKeyRing(FILE.toByteArray(), new BcKeyFingerprintCalculator());
    Iterator<PGPSecretKey> keys = ring.getSecretKeys();
    PGPSecretKey first = keys.next();
    var provider = new BcPGPDigestCalculatorProvider();
    PGPSecretKey weak =
        new PGPSecretKey(
            first.extractPrivateKey(new BcPBESecretKeyDecryptorBuilder(provider).build(PASSPHRASE)),
            first.getPublicKey(),
            provider.get(HashAlgorithmTags.SHA1),
            true,
            encryptor);
    return Bytes.copyOf(
        PGPSecretKeyRing.insertSecretKey(ring, weak).getEncoded(PacketFormat.CURRENT));
  }

  @Test
  void saysNothingOfItsSecrets() {
    assertThat(KEY.toString())
        .isEqualTo("UserSecretKey[alice@alpha.test " + KEY.certificate().fingerprint().hex() + "]");
  }
}
