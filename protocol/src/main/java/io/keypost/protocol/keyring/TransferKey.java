package io.keypost.protocol.keyring;

import io.keypost.protocol.Bytes;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/** A device's X25519 key pair: what its user's other devices seal secrets to. */
public final class TransferKey {
  /** Octets of either half (RFC 7748 section 5). */
  public static final int SIZE_OCTETS = 32;

  private final X25519PrivateKeyParameters secret;

  private TransferKey(X25519PrivateKeyParameters secret) {
    this.secret = secret;
  }

  /** A new pair. */
  public static TransferKey generate(SecureRandom random) {
    return new TransferKey(new X25519PrivateKeyParameters(random));
  }

  static TransferKey of(Bytes secret) {
    return new TransferKey(new X25519PrivateKeyParameters(secret.toByteArray()));
  }

  /** The half that the primary key certifies. */
  public Bytes shared() {
    return Bytes.copyOf(secret.generatePublicKey().getEncoded());
  }

  Bytes secret() {
    return Bytes.copyOf(secret.getEncoded());
  }

  AsymmetricCipherKeyPair pair() {
    return new AsymmetricCipherKeyPair(secret.generatePublicKey(), secret);
  }

  /** Shows nothing of it. */
  @Override
  public String toString() {
    return "TransferKey[" + shared().hex() + "]";
  }
}
