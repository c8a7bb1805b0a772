package io.keypost.events.mail;

import io.keypost.protocol.Digest;

/**
 * Where the ingress stored a payload, and what it counted while the payload streamed in.
 *
 * @param segment name of the segment, 1 to {@value #MAX_SEGMENT_CHARACTERS} characters; the store
 *     checks the form
 * @param offset of the first octet in the segment
 * @param length octets of payload as counted
 * @param sha256 as computed over what was stored
 */
public record PayloadLocation(String segment, long offset, long length, Digest sha256) {
  /** Longest name of a segment. */
  public static final int MAX_SEGMENT_CHARACTERS = 200;

  /** Checks the bounds. */
  public PayloadLocation {
    if (segment.isEmpty()
        || segment.length() > MAX_SEGMENT_CHARACTERS
        || offset < 0
        || length < 0) {
      throw new IllegalArgumentException("payload: segment, offset or length is out of bounds");
    }
  }
}
