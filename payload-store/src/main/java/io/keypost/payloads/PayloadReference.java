package io.keypost.payloads;

import io.keypost.protocol.Digest;

/**
 * Where a payload lies and what it is.
 *
 * @param segment name of the segment, as the store gave it
 * @param offset of the first octet of the payload in the segment, 0 or more
 * @param length octets of payload, 0 or more
 * @param sha256 of the payload
 */
public record PayloadReference(String segment, long offset, long length, Digest sha256) {
  /** Checks the bounds; whether the segment exists is seen when it is read. */
  public PayloadReference {
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new IllegalArgumentException("offset and length are not negative");
    }
  }
}
