package io.keypost.protocol;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A SHA-256 digest: the only hash that the protocol names things by.
 *
 * @param octets exactly {@value #SIZE_OCTETS} octets
 */
public record Digest(Bytes octets) implements Comparable<Digest> {
  /** Octets of every digest. */
  public static final int SIZE_OCTETS = 32;

  /**
   * Takes octets that are already a digest.
   *
   * @throws RefusedException {@code malformed_encoding} when there are not exactly 32
   */
  public Digest {
    if (octets.size() != SIZE_OCTETS) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_ENCODING, "a digest has 32 octets, not " + octets.size());
    }
  }

  /** The digest of {@code data}. */
  public static Digest sha256(byte[] data) {
    Accumulator accumulator = accumulator();
    accumulator.update(data, 0, data.length);
    return accumulator.finish();
  }

  /** The digest of all parts, one after the other. */
  public static Digest sha256(Bytes... parts) {
    Accumulator accumulator = accumulator();
    for (Bytes part : parts) {
      accumulator.update(part.asByteBuffer());
    }
    return accumulator.finish();
  }

  /**
   * Reads base64url without padding.
   *
   * @throws RefusedException {@code malformed_encoding} when it is not a digest in that form
   */
  public static Digest parseBase64Url(String text) {
    return new Digest(Bytes.parseBase64Url(text));
  }

  /** A digest over octets that come piece by piece. */
  public static Accumulator accumulator() {
    return new Accumulator();
  }

  /** Base64url without padding, 43 characters. */
  public String base64Url() {
    return octets.base64Url();
  }

  /** Lower case hexadecimal, 64 characters. */
  public String hex() {
    return octets.hex();
  }

  @Override
  public int compareTo(Digest other) {
    return octets.compareTo(other.octets);
  }

  /** The base64url form, as it stands in records. */
  @Override
  public String toString() {
    return base64Url();
  }

  /** Counts and digests what passes by. For one thread; used once. */
  public static final class Accumulator {
    private final MessageDigest state;
    private long size;

    private Accumulator() {
      try {
        state = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    /** Takes {@code length} octets from {@code offset}. */
    public void update(byte[] data, int offset, int length) {
      state.update(data, offset, length);
      size += length;
    }

    /** Takes what remains in {@code data}, whose position does not move. */
    public void update(ByteBuffer data) {
      size += data.remaining();
      state.update(data.duplicate());
    }

    /** Octets taken so far. */
    public long size() {
      return size;
    }

    /** The digest of all that was taken. */
    public Digest finish() {
      return new Digest(Bytes.copyOf(state.digest()));
    }
  }
}
