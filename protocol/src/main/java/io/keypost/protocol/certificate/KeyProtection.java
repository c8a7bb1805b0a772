package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.cms.GCMParameters;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.util.ScryptConfig;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;

/**
 * P-256 secret keys at rest, as EncryptedPrivateKeyInfo (RFC 5958 section 3): under a passphrase in
 * the form that OpenSSL reads too (PBES2, scrypt, AES-256-CBC), or under a provider's {@link
 * KeyEncryptionKey} (AES-256-GCM).
 */
public final class KeyProtection {
  /** Largest protected key that is read, in octets. */
  public static final int MAX_OCTETS = 2048;

  /**
   * Cost of one guess: N 2^14, r 8, p 5 (16 MiB). OpenSSL allows 32 MiB by default, so the rest of
   * the cost is in p.
   */
  private static final ScryptConfig SCRYPT =
      new ScryptConfig.Builder(1 << 14, 8, 5).withSaltLength(16).build();

  /** A file with a higher cost than 16 times ours is not opened: it would only eat memory. */
  private static final long MAX_SCRYPT_COST = 16L * (1 << 14) * 8 * 5;

  private static final int GCM_NONCE_OCTETS = 12;
  private static final int GCM_TAG_OCTETS = 16;

  private KeyProtection() {}

  /** Protects {@code key} with a passphrase; PEM. */
  public static String protect(PrivateKey key, char[] passphrase, SecureRandom random) {
    try {
      PKCS8EncryptedPrivateKeyInfo sealed =
          new JcaPKCS8EncryptedPrivateKeyInfoBuilder(key)
              .build(
                  new JcePKCSPBEOutputEncryptorBuilder(SCRYPT, NISTObjectIdentifiers.id_aes256_CBC)
                      .setProvider(BouncyCastle.PROVIDER)
                      .setRandom(random)
                      .build(passphrase));
      return Pem.write(Pem.ENCRYPTED_PRIVATE_KEY, sealed.getEncoded());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("scrypt and AES-256 are in Bouncy Castle", e);
    }
  }

  /**
   * Opens what {@link #protect(PrivateKey, char[], SecureRandom)} made.
   *
   * @throws RefusedException {@code secret_key_unusable} when the file is damaged or the passphrase
   *     is another
   */
  public static PrivateKey unprotect(String pem, char[] passphrase) {
    EncryptedPrivateKeyInfo info = parse(read(pem));
    try {
      requireOurKindOfPassphrase(info.getEncryptionAlgorithm());
      return P256.decodePrivate(
          Bytes.copyOf(
              new PKCS8EncryptedPrivateKeyInfo(info)
                  .decryptPrivateKeyInfo(
                      new JcePKCSPBEInputDecryptorProviderBuilder()
                          .setProvider(BouncyCastle.PROVIDER)
                          .build(passphrase))
                  .getEncoded()));
    } catch (RefusedException e) {
      throw e;
    } catch (PKCSException | IOException | RuntimeException e) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "the file is damaged or the passphrase is another", e);
    }
  }

  /** Wraps {@code key} for a database or a file of a provider; DER. */
  public static Bytes wrap(PrivateKey key, KeyEncryptionKey kek, SecureRandom random) {
    byte[] nonce = new byte[GCM_NONCE_OCTETS];
    random.nextBytes(nonce);
    try {
      byte[] sealed = gcm(Cipher.ENCRYPT_MODE, kek, nonce).doFinal(key.getEncoded());
      return Bytes.copyOf(
          new EncryptedPrivateKeyInfo(
                  new AlgorithmIdentifier(
                      NISTObjectIdentifiers.id_aes256_GCM,
                      new GCMParameters(nonce, GCM_TAG_OCTETS)),
                  new DEROctetString(sealed).getOctets())
              .getEncoded());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every supported Java platform has AES-256-GCM", e);
    }
  }

  /**
   * Opens what {@link #wrap} made.
   *
   * @throws RefusedException {@code secret_key_unusable} when it was altered or belongs to another
   *     key-encryption key
   */
  public static PrivateKey unwrap(Bytes wrapped, KeyEncryptionKey kek) {
    EncryptedPrivateKeyInfo info = parse(wrapped);
    try {
      AlgorithmIdentifier algorithm = info.getEncryptionAlgorithm();
      if (!algorithm.getAlgorithm().equals(NISTObjectIdentifiers.id_aes256_GCM)) {
        throw RefusedException.of(
            RefusalCode.SECRET_KEY_UNUSABLE, "not wrapped with a key-encryption key");
      }
      GCMParameters parameters = GCMParameters.getInstance(algorithm.getParameters());
      // A shorter tag would make forging cheap.
      if (parameters.getIcvLen() != GCM_TAG_OCTETS
          || parameters.getNonce().length != GCM_NONCE_OCTETS) {
        throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "a nonce or tag of other size");
      }
      return P256.decodePrivate(
          Bytes.copyOf(
              gcm(Cipher.DECRYPT_MODE, kek, parameters.getNonce())
                  .doFinal(info.getEncryptedData())));
    } catch (RefusedException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "altered, or under another key-encryption key", e);
    }
  }

  /** {@link #wrap} as PEM. */
  public static String wrapToPem(PrivateKey key, KeyEncryptionKey kek, SecureRandom random) {
    return Pem.write(Pem.ENCRYPTED_PRIVATE_KEY, wrap(key, kek, random).toByteArray());
  }

  /**
   * Opens what {@link #wrapToPem} made.
   *
   * @throws RefusedException {@code secret_key_unusable}
   */
  public static PrivateKey unwrapFromPem(String pem, KeyEncryptionKey kek) {
    return unwrap(read(pem), kek);
  }

  private static Cipher gcm(int mode, KeyEncryptionKey kek, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, kek.aes(), new GCMParameterSpec(GCM_TAG_OCTETS * Byte.SIZE, nonce));
    return cipher;
  }

  private static Bytes read(String pem) {
    return Pem.readOne(Pem.ENCRYPTED_PRIVATE_KEY, pem, RefusalCode.SECRET_KEY_UNUSABLE);
  }

  private static EncryptedPrivateKeyInfo parse(Bytes der) {
    if (der.size() > MAX_OCTETS) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "a protected key of " + der.size() + " octets");
    }
    try {
      return EncryptedPrivateKeyInfo.getInstance(der.toByteArray());
    } catch (RuntimeException e) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not a protected key", e);
    }
  }

  private static void requireOurKindOfPassphrase(AlgorithmIdentifier algorithm) {
    if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not protected with PBES2");
    }
    PBES2Parameters pbes2 = PBES2Parameters.getInstance(algorithm.getParameters());
    if (!pbes2.getKeyDerivationFunc().getAlgorithm().equals(MiscObjectIdentifiers.id_scrypt)
        || !pbes2
            .getEncryptionScheme()
            .getAlgorithm()
            .equals(NISTObjectIdentifiers.id_aes256_CBC)) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "not protected with scrypt and AES-256-CBC");
    }
    ScryptParams scrypt = ScryptParams.getInstance(pbes2.getKeyDerivationFunc().getParameters());
    long cost =
        Math.multiplyExact(
            scrypt.getCostParameter().longValueExact(),
            Math.multiplyExact(
                scrypt.getBlockSize().longValueExact(),
                scrypt.getParallelizationParameter().longValueExact()));
    if (cost > MAX_SCRYPT_COST) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "scrypt parameters beyond what is opened here");
    }
  }
}
