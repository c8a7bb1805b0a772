package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.operator.PBESecretKeyDecryptor;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcAEADSecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/** A transferable secret key whose secrets are protected by a passphrase. */
final class SecretKeyFile {
  /** RFC 9106 section 4, second recommendation: 64 MiB. */
  private static final int ARGON2_PASSES = 3;

  private static final int ARGON2_LANES = 4;
  private static final int ARGON2_MEMORY_EXPONENT = 16;

  private SecretKeyFile() {}

  static Bytes write(
      UserCertificate certificate,
      List<PGPKeyPair> secrets,
      char[] passphrase,
      SecureRandom random) {
    try {
      PGPPublicKeyRing ring = publicRing(certificate);
      PGPDigestCalculatorProvider digests = new BcPGPDigestCalculatorProvider();
      List<PGPSecretKey> keys = new ArrayList<>();
      for (PGPPublicKey key : ring) {
        PGPKeyPair secret = find(secrets, Bytes.copyOf(key.getFingerprint()));
        keys.add(
            new PGPSecretKey(
                secret.getPrivateKey(),
                key,
                digests.get(HashAlgorithmTags.SHA1),
                key.isMasterKey(),
                new BcAEADSecretKeyEncryptorBuilder(
                        Profile.AEAD_ALGORITHM,
                        Profile.SYMMETRIC_ALGORITHM,
                        new S2K.Argon2Params(
                            ARGON2_PASSES, ARGON2_LANES, ARGON2_MEMORY_EXPONENT, random))
                    .setSecureRandom(random)
                    .build(passphrase, key.getPublicKeyPacket())));
      }
      return Bytes.copyOf(new PGPSecretKeyRing(keys).getEncoded(PacketFormat.CURRENT));
    } catch (PGPException e) {
      throw new IllegalStateException("a fixed cipher encrypts", e);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  static UserSecretKey read(Bytes file, char[] passphrase)
      throws MalformedPacketException, PGPException, IOException {
    if (file.size() > UserCertificate.MAX_SIZE_OCTETS) {
      throw new MalformedPacketException("a secret key file of " + file.size() + " octets");
    }
    PGPSecretKeyRing ring =
        new PGPSecretKeyRing(file.toByteArray(), new BcKeyFingerprintCalculator());
    UserCertificate certificate =
        UserCertificate.decode(Bytes.copyOf(ring.toCertificate().getEncoded(PacketFormat.CURRENT)));
    PBESecretKeyDecryptor decryptor =
        new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider()).build(passphrase);
    List<PGPKeyPair> secrets = new ArrayList<>();
    for (Iterator<PGPSecretKey> keys = ring.getSecretKeys(); keys.hasNext(); ) {
      PGPSecretKey key = keys.next();
      requireProtection(key);
      secrets.add(key.extractKeyPair(decryptor));
    }
    return assemble(certificate, secrets);
  }

  /**
   * A file from elsewhere must not make this machine allocate or compute more than its own files do
   * (T39).
   */
  private static void requireProtection(PGPSecretKey key) throws MalformedPacketException {
    S2K s2k = key.getS2K();
    if (key.getS2KUsage() != SecretKeyPacket.USAGE_AEAD
        || key.getAEADKeyEncryptionAlgorithm() != Profile.AEAD_ALGORITHM
        || key.getKeyEncryptionAlgorithm() != Profile.SYMMETRIC_ALGORITHM
        || s2k.getType() != S2K.ARGON_2) {
      throw new MalformedPacketException(
          "a secret that is not protected by Argon2id and AES-256 in OCB mode");
    }
    if (s2k.getPasses() > ARGON2_PASSES
        || s2k.getParallelism() > ARGON2_LANES
        || s2k.getMemorySizeExponent() > ARGON2_MEMORY_EXPONENT) {
      throw new MalformedPacketException("a secret that asks for too much memory or time");
    }
  }

  private static UserSecretKey assemble(UserCertificate certificate, List<PGPKeyPair> secrets)
      throws MalformedPacketException {
    PGPKeyPair signing = null;
    List<PGPKeyPair> encryption = new ArrayList<>();
    for (Subkey subkey : certificate.subkeys()) {
      PGPKeyPair secret = find(secrets, subkey.fingerprint());
      switch (subkey) {
        case Subkey.Signing s -> signing = secret;
        // Newest first: a certificate grows at its end.
        case Subkey.Encryption e -> encryption.addFirst(secret);
      }
    }
    if (signing == null || encryption.isEmpty()) {
      throw new MalformedPacketException("a secret key without a signing or an encryption subkey");
    }
    return new UserSecretKey(
        certificate, find(secrets, certificate.fingerprint()), signing, encryption);
  }

  private static PGPKeyPair find(List<PGPKeyPair> secrets, Bytes fingerprint) {
    return secrets.stream()
        .filter(s -> SecretKeys.fingerprint(s).equals(fingerprint))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no secret for key " + fingerprint.hex()));
  }

  private static PGPPublicKeyRing publicRing(UserCertificate certificate) throws IOException {
    return new PGPPublicKeyRing(
        certificate.encode().toByteArray(), new BcKeyFingerprintCalculator());
  }
}
