package io.keypost.protocol.openpgp;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream into packets, one after the other, without holding any in memory. Only literal
 * data may come in parts (RFC 9580 section 4.2.1.4).
 */
final class PacketStream {
  /** The first part of a partial-length body has at least this many octets. */
  private static final int MIN_FIRST_PART_OCTETS = 512;

  private final InputStream in;
  private @Nullable Body open;

  PacketStream(InputStream in) {
    this.in = in;
  }

  /** The next packet, or null at the end; the one before must have been read to its end. */
  @Nullable Body next() throws IOException, MalformedPacketException {
    if (open != null && !open.finished()) {
      throw new MalformedPacketException("a packet that was not read to its end");
    }
    int header = in.read();
    if (header < 0) {
      return null;
    }
    if ((header & Packets.HEADER_FORMAT_BITS) != Packets.HEADER_FORMAT_BITS) {
      throw new MalformedPacketException("not a packet header in the OpenPGP format");
    }
    open = new Body(header & ~Packets.HEADER_FORMAT_BITS);
    return open;
  }

  private int octet() throws IOException, MalformedPacketException {
    int octet = in.read();
    if (octet < 0) {
      throw new MalformedPacketException("ends early");
    }
    return octet;
  }

  /** A packet's body. */
  final class Body {
    private final int tag;
    private long left;
    private boolean lastPart;

    private Body(int tag) throws IOException, MalformedPacketException {
      this.tag = tag;
      readLength();
      if (!lastPart && (tag != Packets.TAG_LITERAL_DATA || left < MIN_FIRST_PART_OCTETS)) {
        throw new MalformedPacketException("a partial length where none may be");
      }
    }

    int tag() {
      return tag;
    }

    /** Reads up to {@code length} octets; -1 at the body's end. */
    int read(byte[] buffer, int offset, int length) throws IOException, MalformedPacketException {
      while (left == 0 && !lastPart) {
        readLength();
      }
      if (left == 0) {
        return -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(left, length));
      if (n < 0) {
        throw new MalformedPacketException("ends early");
      }
      left -= n;
      return n;
    }

    /** Reads a body of definite length that is at most {@code max} octets. */
    byte[] readAll(int max) throws IOException, MalformedPacketException {
      if (!lastPart || left > max) {
        throw new MalformedPacketException(
            "a packet of type " + tag + " longer than " + max + " octets");
      }
      byte[] body = new byte[(int) left];
      readFully(body);
      return body;
    }

    /** Reads as many octets as {@code buffer} holds. */
    void readFully(byte[] buffer) throws IOException, MalformedPacketException {
      for (int at = 0; at < buffer.length; ) {
        int n = read(buffer, at, buffer.length - at);
        if (n < 0) {
          throw new MalformedPacketException("a packet of type " + tag + " that ends early");
        }
        at += n;
      }
    }

    private boolean finished() {
      return lastPart && left == 0;
    }

    private void readLength() throws IOException, MalformedPacketException {
      int first = octet();
      lastPart = first < 224 || first == 255;
      if (first < 192) {
        left = first;
      } else if (first < 224) {
        left = ((first - 192) << 8) + octet() + 192L;
      } else if (first < 255) {
        left = 1L << (first & 0x1f);
      } else {
        left = (long) octet() << 24 | octet() << 16 | octet() << 8 | octet();
      }
    }
  }
}
