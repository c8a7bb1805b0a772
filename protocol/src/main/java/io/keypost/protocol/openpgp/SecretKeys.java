package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.crypto.AsymmetricCipherKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.X25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.X25519KeyGenerationParameters;
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

  private static PGPKeyPair pair(
      int algorithm, AsymmetricCipherKeyPairGenerator generator, Instant now) throws PGPException {
    Date wholeSeconds = Date.from(Instant.ofEpochSecond(now.getEpochSecond()));
    return new BcPGPKeyPair(Profile.VERSION, algorithm, generator.generateKeyPair(), wholeSeconds);
  }
}
