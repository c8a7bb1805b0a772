package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.AsymmetricCipherKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.X25519KeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.X25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** Makes version 6 key pairs of the profile's algorithms. */
final class SecretKeys {
  private SecretKeys() {}

  static PGPKeyPair signingPair(Instant now, SecureRandom random) throws PGPException {
    Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(random));
    return pair(Profile.SIGNING_ALGORITHM, generator, now);
  }

  static PGPKeyPair encryptionPair(Instant now, SecureRandom random) throws PGPException {
    X25519KeyPairGenerator generator = new X25519KeyPairGenerator();
    generator.init(new X25519KeyGenerationParameters(random));
    return pair(Profile.ENCRYPTION_ALGORITHM, generator, now);
  }

  static PGPKeyPair asSubkey(PGPKeyPair pair) throws PGPException {
    return pair.asSubkey(new BcKeyFingerprintCalculator());
  }

  static Bytes fingerprint(PGPKeyPair pair) {
    return Bytes.copyOf(pair.getPublicKey().getFingerprint());
  }

  /** The 32 octets of a secret. */
  static Bytes secret(PGPKeyPair pair) {
    return Bytes.copyOf(pair.getPrivateKey().getPrivateKeyDataPacket().getEncoded());
  }

  /** The public octets of an Ed25519 secret. */
  static Bytes signingPublic(Bytes secret) {
    return Bytes.copyOf(
        new Ed25519PrivateKeyParameters(secret.toByteArray()).generatePublicKey().getEncoded());
  }

  /** The pair of a public key packet and its secret, which the caller knows to belong together. */
  static PGPKeyPair pair(KeyPacket packet, Bytes secret) throws PGPException {
    AsymmetricKeyParameter own =
        packet.algorithm() == Profile.SIGNING_ALGORITHM
            ? new Ed25519PrivateKeyParameters(secret.toByteArray())
            : new X25519PrivateKeyParameters(secret.toByteArray());
    AsymmetricKeyParameter shared =
        packet.algorithm() == Profile.SIGNING_ALGORITHM
            ? new Ed25519PublicKeyParameters(packet.key().toByteArray())
            : new X25519PublicKeyParameters(packet.key().toByteArray());
    return new BcPGPKeyPair(
        Profile.VERSION,
        packet.algorithm(),
        new AsymmetricCipherKeyPair(shared, own),
        Date.from(packet.created()));
  }

  private static PGPKeyPair pair(
      int algorithm, AsymmetricCipherKeyPairGenerator generator, Instant now) throws PGPException {
    Date wholeSeconds = Date.from(Instant.ofEpochSecond(now.getEpochSecond()));
    return new BcPGPKeyPair(Profile.VERSION, algorithm, generator.generateKeyPair(), wholeSeconds);
  }
}
