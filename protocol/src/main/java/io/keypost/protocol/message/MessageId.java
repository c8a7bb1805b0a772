package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.random.RandomGenerator;

/**
 * The sender's name for one message (KP-ENV-2): unique for sender and recipient, and the same in
 * every envelope of the message and inside the encryption.
 *
 * @param octets exactly {@value #SIZE_OCTETS} octets
 */
public record MessageId(Bytes octets) {
  /** Octets of every id. */
  public static final int SIZE_OCTETS = 16;

  /**
   * Takes octets that are an id.
   *
   * @throws RefusedException {@code malformed_envelope} when there are not exactly 16
   */
  public MessageId {
    if (octets.size() != SIZE_OCTETS) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_ENVELOPE, "message_id: not " + SIZE_OCTETS + " octets");
    }
  }

  /** A new id. {@code random} is a {@link java.security.SecureRandom} outside of tests. */
  public static MessageId random(RandomGenerator random) {
    byte[] octets = new byte[SIZE_OCTETS];
    random.nextBytes(octets);
    return new MessageId(Bytes.copyOf(octets));
  }

  /**
   * Reads the base64url form.
   *
   * @throws RefusedException when it is not that
   */
  public static MessageId parseBase64Url(String text) {
    return new MessageId(Bytes.parseBase64Url(text));
  }

  /** Base64url without padding, 22 characters: the form in {@code Keypost-Id} and in logs. */
  public String base64Url() {
    return octets.base64Url();
  }

  /** The base64url form. */
  @Override
  public String toString() {
    return base64Url();
  }
}
