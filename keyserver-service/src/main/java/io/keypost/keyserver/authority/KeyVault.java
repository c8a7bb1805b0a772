package io.keypost.keyserver.authority;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.KeyProtection;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.refusal.RefusedException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes, wraps and unwraps the secret keys of domains. Unwrapped ones are kept in memory, at most
 * {@value #MAX_KEYS_HELD}, because unwrapping checks the pair and costs a point multiplication.
 */
public final class KeyVault {
  /** Keys held unwrapped: four for each of about a thousand domains. */
  public static final int MAX_KEYS_HELD = 4096;

  private final KeyEncryptionKey keyEncryptionKey;
  private final SecureRandom random;
  private final Map<Bytes, KeyPair> held = new LinkedHashMap<>(16, 0.75f, true);

  /** Wraps with {@code keyEncryptionKey}; keys and nonces come from {@code random}. */
  public KeyVault(KeyEncryptionKey keyEncryptionKey, SecureRandom random) {
    this.keyEncryptionKey = keyEncryptionKey;
    this.random = random;
  }

  /**
   * A key as it is stored.
   *
   * @param wrapped PKCS#8 under the key-encryption key
   * @param publicKey SubjectPublicKeyInfo
   */
  public record StoredKey(Bytes wrapped, Bytes publicKey) {}

  /** Makes a new key. */
  public StoredKey generate() {
    KeyPair pair = P256.generate(random);
    StoredKey stored =
        new StoredKey(
            KeyProtection.wrap(pair.getPrivate(), keyEncryptionKey, random),
            P256.encode(pair.getPublic()));
    hold(stored.wrapped(), pair);
    return stored;
  }

  /**
   * Opens a stored key.
   *
   * @throws RefusedException {@code secret_key_unusable} when the key-encryption key is another
   * @throws IllegalStateException when wrapped and public key are not of one pair: somebody changed
   *     the database by hand
   */
  public KeyPair open(StoredKey stored) {
    synchronized (held) {
      KeyPair known = held.get(stored.wrapped());
      if (known != null) {
        return known;
      }
    }
    PrivateKey secret = KeyProtection.unwrap(stored.wrapped(), keyEncryptionKey);
    PublicKey shared = P256.decodePublic(stored.publicKey());
    if (!P256.matches(secret, shared)) {
      throw new IllegalStateException("a wrapped key does not belong to the public key beside it");
    }
    KeyPair pair = new KeyPair(shared, secret);
    hold(stored.wrapped(), pair);
    return pair;
  }

  private void hold(Bytes wrapped, KeyPair pair) {
    synchronized (held) {
      held.put(wrapped, pair);
      if (held.size() > MAX_KEYS_HELD) {
        held.remove(held.keySet().iterator().next());
      }
    }
  }
}
