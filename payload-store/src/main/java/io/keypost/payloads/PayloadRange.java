package io.keypost.payloads;

/**
 * A part of a payload.
 *
 * @param from first octet, counted from the beginning of the payload, 0 or more
 * @param length octets, 0 or more
 */
public record PayloadRange(long from, long length) {
  /** Checks the bounds. */
  public PayloadRange {
    if (from < 0 || length < 0 || from + length < 0) {
      throw new IllegalArgumentException("from and length are not negative");
    }
  }

  /** All of a payload: the one range whose digest is checked while it is read. */
  public static PayloadRange all(PayloadReference reference) {
    return new PayloadRange(0, reference.length());
  }
}
