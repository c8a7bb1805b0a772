package io.keypost.directory.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A range of IP addresses of one family.
 *
 * @param first the lowest address; bits behind the prefix are zero
 * @param prefixBits how many leading bits all addresses share
 */
record Network(InetAddress first, int prefixBits) {
  /**
   * Reads {@code 192.0.2.0/24} or {@code 2001:db8::/32}; an address alone is a range of one.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static Network parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    // Never a look-up: only what can be nothing but a literal is given to the parser.
    if (!literal.matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      throw new IllegalArgumentException("not a network: " + text);
    }
    try {
      InetAddress first = InetAddress.getByName(literal);
      int bits = first.getAddress().length * Byte.SIZE;
      int prefixBits = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
      if (prefixBits < 0 || prefixBits > bits) {
        throw new IllegalArgumentException("not a network: " + text);
      }
      return new Network(first, prefixBits);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException("not a network: " + text, e);
    }
  }

  boolean contains(InetAddress address) {
    byte[] ours = first.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefixBits / Byte.SIZE;
    if (!Arrays.equals(ours, 0, whole, theirs, 0, whole)) {
      return false;
    }
    int rest = prefixBits % Byte.SIZE;
    int mask = 0xff << (Byte.SIZE - rest);
    return rest == 0 || ((ours[whole] ^ theirs[whole]) & mask & 0xff) == 0;
  }
}
