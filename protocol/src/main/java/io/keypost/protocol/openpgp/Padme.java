package io.keypost.protocol.openpgp;

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
 * PURBs", section 4): lengths are rounded up so that only about log2(log2(length)) bits of them
 * show, at a cost of at most 12 %.
 */
final class Padme {
  private static final int MIN_HEADER_OCTETS = 2;

  private Padme() {}

  /** The length that {@code length} is rounded up to. */
  static long roundUp(long length) {
    if (length < 2) {
      return length;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(length);
    int exponentBits = 64 - Long.numberOfLeadingZeros(exponent);
    long mask = (1L << (exponent - exponentBits)) - 1;
    return length + mask & ~mask;
  }

  /**
   * Octets in the body of the padding packet that brings what was written to a rounded length.
   *
   * @param written octets of plaintext before the padding packet
   */
  static long paddingFor(long written) {
    long target = roundUp(written + MIN_HEADER_OCTETS);
    while (true) {
      long room = target - written;
      long body = room - 1 - Packets.lengthOctets(room - 2);
      // Around 192 and 8384 octets a longer length field may leave a body that no minimal header
      // fits.
      if (1 + Packets.lengthOctets(body) + body == room) {
        return body;
      }
      target = roundUp(target + 1);
    }
  }
}
