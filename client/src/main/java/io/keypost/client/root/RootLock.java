package io.keypost.client.root;

import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.KeyProtection;
import java.security.PrivateKey;
import java.security.SecureRandom;

/** What a root's secret key is kept under. */
public interface RootLock {
  /** The key as it is kept, PEM. */
  String close(PrivateKey key, SecureRandom random);

  /**
   * Opens what {@link #close} made.
   *
   * @throws io.keypost.protocol.refusal.RefusedException {@code secret_key_unusable} when it was
   *     closed with something else
   */
  PrivateKey open(String pem);

  /** A passphrase: for an owner's root, on a machine without network. */
  static RootLock passphrase(char[] passphrase) {
    return new RootLock() {
      @Override
      public String close(PrivateKey key, SecureRandom random) {
        return KeyProtection.protect(key, passphrase, random);
      }

      @Override
      public PrivateKey open(String pem) {
        return KeyProtection.unprotect(pem, passphrase);
      }
    };
  }

  /** A key in a file of its own: for the thousands of roots that a provider keeps for others. */
  static RootLock key(KeyEncryptionKey key) {
    return new RootLock() {
      @Override
      public String close(PrivateKey secret, SecureRandom random) {
        return KeyProtection.wrapToPem(secret, key, random);
      }

      @Override
      public PrivateKey open(String pem) {
        return KeyProtection.unwrapFromPem(pem, key);
      }
    };
  }
}
