package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.CertificateCheck.assertRefused;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import java.math.BigInteger;
import java.security.PrivateKey;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.cms.GCMParameters;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.Test;

/** KP-CRT-12: keys at rest. */
class KeyProtectionTest {
  private final PrivateKey key = P256.generate(RANDOM).getPrivate();
  private final KeyEncryptionKey kek = KeyEncryptionKey.generate(RANDOM);

  @Test
  void opensWithTheSamePassphraseOnly() {
    String pem = KeyProtection.protect(key, "pässword".toCharArray(), RANDOM);

    assertThat(KeyProtection.unprotect(pem, "pässword".toCharArray())).isEqualTo(key);
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "",
        () -> KeyProtection.unprotect(pem, "password".toCharArray()));
  }

  @Test
  void opensWithTheSameKeyEncryptionKeyOnly() {
    String pem = KeyProtection.wrapToPem(key, kek, RANDOM);

    assertThat(KeyProtection.unwrapFromPem(pem, kek)).isEqualTo(key);
    assertThat(KeyProtection.unwrap(KeyProtection.wrap(key, kek, RANDOM), kek)).isEqualTo(key);
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "another key-encryption key",
        () -> KeyProtection.unwrapFromPem(pem, KeyEncryptionKey.generate(RANDOM)));
  }

  @Test
  void refusesAWrappedKeyOfWhichOneBitChangedAnywhere() {
    Bytes wrapped = KeyProtection.wrap(key, kek, RANDOM);
    for (int i = 0; i < wrapped.size(); i++) {
      byte[] altered = wrapped.toByteArray();
      altered[i] ^= 1;
      assertRefused(
          RefusalCode.SECRET_KEY_UNUSABLE,
          "",
          () -> KeyProtection.unwrap(Bytes.copyOf(altered), kek));
    }
  }

  @Test
  void neverWrapsTwiceAlike() {
    assertThat(KeyProtection.wrap(key, kek, RANDOM))
        .isNotEqualTo(KeyProtection.wrap(key, kek, RANDOM));
  }

  @Test
  void refusesAShortTagAndAnotherAlgorithm() throws Exception {
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "tag of other size",
        () ->
            KeyProtection.unwrap(
                info(
                    new AlgorithmIdentifier(
                        NISTObjectIdentifiers.id_aes256_GCM, new GCMParameters(new byte[12], 12))),
                kek));
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "not wrapped",
        () ->
            KeyProtection.unwrap(
                info(
                    new AlgorithmIdentifier(
                        NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(new byte[16]))),
                kek));
  }

  @Test
  void refusesAScryptCostThatWouldEatTheMemory() throws Exception {
    String pem =
        Pem.write(
            Pem.ENCRYPTED_PRIVATE_KEY,
            info(new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_PBES2,
                    new PBES2Parameters(
                        new KeyDerivationFunc(
                            MiscObjectIdentifiers.id_scrypt,
                            new ScryptParams(
                                new byte[16],
                                BigInteger.ONE.shiftLeft(30),
                                BigInteger.valueOf(64),
                                BigInteger.ONE,
                                null)),
                        new EncryptionScheme(
                            NISTObjectIdentifiers.id_aes256_CBC,
                            new DEROctetString(new byte[16])))))
                .toByteArray());

    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "beyond",
        () -> KeyProtection.unprotect(pem, "x".toCharArray()));
  }

  @Test
  void refusesWhatIsNoProtectedKey() {
    for (String text :
        new String[] {"", "nonsense", P256.toPem(key), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"}) {
      assertRefused(
          RefusalCode.SECRET_KEY_UNUSABLE,
          "",
          () -> KeyProtection.unprotect(text, "x".toCharArray()));
      assertRefused(
          RefusalCode.SECRET_KEY_UNUSABLE, "", () -> KeyProtection.unwrapFromPem(text, kek));
    }
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "5000 octets",
        () -> KeyProtection.unwrap(Bytes.copyOf(new byte[5000]), kek));
  }

  @Test
  void readsAKeyEncryptionKeyFileAndNeverShowsIt() {
    KeyEncryptionKey read = KeyEncryptionKey.parseBase64(kek.toBase64() + "\n");

    assertThat(KeyProtection.unwrap(KeyProtection.wrap(key, kek, RANDOM), read)).isEqualTo(key);
    assertThat(kek.toString()).doesNotContain(kek.toBase64());
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "32 octets, not 16",
        () -> KeyEncryptionKey.parseBase64(Bytes.copyOf(new byte[16]).base64()));
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE, "not base64", () -> KeyEncryptionKey.parseBase64("!"));
  }

  private static Bytes info(AlgorithmIdentifier algorithm) throws Exception {
    return Bytes.copyOf(
        new EncryptedPrivateKeyInfo(algorithm, new byte[64]).getEncoded(ASN1Encoding.DER));
  }
}
