package io.keypost.protocol;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/**
 * An immutable row of octets, equal to another when the octets are. Wire types hold this instead of
 * arrays, so that records need no equality of their own and nobody can change what was signed.
 *
 * <p>Not for secrets: nothing here is erased, and comparison takes a time that depends on content.
 */
public final class Bytes implements Comparable<Bytes> {
  private static final Bytes EMPTY = new Bytes(new byte[0]);

  /** How many octets {@link #toString()} shows: enough to tell two keys apart in a log. */
  private static final int SHOWN_OCTETS = 8;

  private final byte[] octets;

  private Bytes(byte[] octets) {
    this.octets = octets;
  }

  /** No octets at all. */
  public static Bytes empty() {
    return EMPTY;
  }

  /** A copy of all of {@code octets}. */
  public static Bytes copyOf(byte[] octets) {
    return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
  }

  /** A copy of {@code length} octets from {@code offset}. */
  public static Bytes copyOf(byte[] octets, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, octets.length);
    return new Bytes(Arrays.copyOfRange(octets, offset, offset + length));
  }

  /** A copy of what remains in {@code buffer}, whose position does not move. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] octets = new byte[buffer.remaining()];
    buffer.duplicate().get(octets);
    return new Bytes(octets);
  }

  /** The UTF-8 form of {@code text}. */
  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All parts, one after the other. */
  public static Bytes concat(Bytes... parts) {
    int size = 0;
    for (Bytes part : parts) {
      size = Math.addExact(size, part.size());
    }
    ByteBuffer joined = ByteBuffer.allocate(size);
    for (Bytes part : parts) {
      joined.put(part.octets);
    }
    return new Bytes(joined.array());
  }

  /**
   * Reads hexadecimal, either case, no separators.
   *
   * @throws RefusedException {@code malformed_encoding} when it is not that
   */
  public static Bytes parseHex(String hex) {
    try {
      return new Bytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw RefusedException.of(RefusalCode.MALFORMED_ENCODING, "not hexadecimal", e);
    }
  }

  /**
   * Reads base64url without padding (RFC 4648 section 5), only in the one form that {@link
   * #base64Url()} writes: padding, line breaks and stray bits in the last character are refused.
   *
   * @throws RefusedException {@code malformed_encoding} when it is not that
   */
  public static Bytes parseBase64Url(String text) {
    return parseBase64(text, Base64.getUrlDecoder(), Base64.getUrlEncoder().withoutPadding());
  }

  /**
   * Reads base64 with padding (RFC 4648 section 4), only in the one form that {@link #base64()}
   * writes.
   *
   * @throws RefusedException {@code malformed_encoding} when it is not that
   */
  public static Bytes parseBase64(String text) {
    return parseBase64(text, Base64.getDecoder(), Base64.getEncoder());
  }

  private static Bytes parseBase64(String text, Base64.Decoder decoder, Base64.Encoder encoder) {
    byte[] octets;
    try {
      octets = decoder.decode(text);
    } catch (IllegalArgumentException e) {
      throw RefusedException.of(RefusalCode.MALFORMED_ENCODING, "not base64", e);
    }
    if (!encoder.encodeToString(octets).equals(text)) {
      throw RefusedException.of(RefusalCode.MALFORMED_ENCODING, "base64 in another form");
    }
    return new Bytes(octets);
  }

  /** How many octets there are. */
  public int size() {
    return octets.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return octets.length == 0;
  }

  /** The octet at {@code index}, 0 to 255. */
  public int at(int index) {
    return octets[index] & 0xff;
  }

  /** The octets from {@code from} on, up to but without {@code to}. */
  public Bytes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, octets.length);
    return from == 0 && to == octets.length
        ? this
        : new Bytes(Arrays.copyOfRange(octets, from, to));
  }

  /** Whether these octets begin with all of {@code prefix}. */
  public boolean startsWith(Bytes prefix) {
    return prefix.size() <= size()
        && Arrays.equals(octets, 0, prefix.size(), prefix.octets, 0, prefix.size());
  }

  /** A copy that the caller may change. */
  public byte[] toByteArray() {
    return octets.clone();
  }

  /** A view without a copy, which cannot be written to. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(octets).asReadOnlyBuffer();
  }

  /** A stream over the octets, without a copy. */
  public InputStream asInputStream() {
    return new ByteArrayInputStream(octets);
  }

  /** Writes all octets to {@code out}. */
  public void writeTo(OutputStream out) throws IOException {
    // A copy: a stream keeps or changes what it is given if it likes.
    out.write(octets.clone());
  }

  /** Lower case hexadecimal. */
  public String hex() {
    return HexFormat.of().formatHex(octets);
  }

  /** Base64url without padding (RFC 4648 section 5). */
  public String base64Url() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  /** Base64 with padding (RFC 4648 section 4). */
  public String base64() {
    return Base64.getEncoder().encodeToString(octets);
  }

  /** By unsigned octets from the left; a prefix comes before what it begins. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(octets, other.octets);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /**
   * Size and first octets, for logs; use {@link #hex()} or {@link #base64Url()} for the content.
   */
  @Override
  public String toString() {
    int shown = Math.min(SHOWN_OCTETS, octets.length);
    String start = HexFormat.of().formatHex(octets, 0, shown);
    return "Bytes["
        + octets.length
        + (shown == 0 ? "]" : ": " + start + (shown < octets.length ? "…]" : "]"));
  }
}
