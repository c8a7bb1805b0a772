package io.keypost.protocol.certificate;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 32 octets that a provider's secret keys are wrapped with where they are stored
 * (docs/architecture.md, "Every service"). It comes from a file that is not in the database.
 */
public final class KeyEncryptionKey {
  /** Octets of the key. */
  public static final int SIZE_OCTETS = 32;

  private final byte[] octets;

  private KeyEncryptionKey(byte[] octets) {
    this.octets = octets;
  }

  /** A new key from {@code random}. */
  public static KeyEncryptionKey generate(SecureRandom random) {
    byte[] octets = new byte[SIZE_OCTETS];
    random.nextBytes(octets);
    return new KeyEncryptionKey(octets);
  }

  /**
   * Reads the content of a key file: base64, one line.
   *
   * @throws RefusedException {@code secret_key_unusable} when it does not hold 32 octets
   */
  public static KeyEncryptionKey parseBase64(String fileContent) {
    byte[] octets;
    try {
      octets = Base64.getDecoder().decode(fileContent.strip());
    } catch (IllegalArgumentException e) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "the key-encryption key is not base64", e);
    }
    if (octets.length != SIZE_OCTETS) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE,
          "a key-encryption key has 32 octets, not " + octets.length);
    }
    return new KeyEncryptionKey(octets);
  }

  /** The content for a key file. Secret. */
  public String toBase64() {
    return Base64.getEncoder().encodeToString(octets);
  }

  SecretKey aes() {
    return new SecretKeySpec(octets, "AES");
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "KeyEncryptionKey[secret]";
  }
}
