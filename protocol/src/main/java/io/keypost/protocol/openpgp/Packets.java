package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits octets into packets (RFC 9580 section 4.2) in their one strict form: OpenPGP header
 * format, definite minimal lengths, nothing between or after. A length is compared with what is
 * there before anything is allocated.
 */
final class Packets {
  static final int TAG_SIGNATURE = 2;
  static final int TAG_ONE_PASS_SIGNATURE = 4;
  static final int TAG_PUBLIC_KEY = 6;
  static final int TAG_LITERAL_DATA = 11;
  static final int TAG_USER_ID = 13;
  static final int TAG_PUBLIC_SUBKEY = 14;
  static final int TAG_PADDING = 21;

  /** Both high bits set: a packet in the OpenPGP (not the legacy) format. */
  static final int HEADER_FORMAT_BITS = 0xc0;

  private static final int TAG_BITS = 0x3f;

  private Packets() {}

  /** A packet: its type id and its body. */
  record Packet(int tag, Bytes body) {
    /** The packet with its header. */
    Bytes encoded() {
      ByteArrayOutputStream out = new ByteArrayOutputStream(body.size() + 6);
      out.write(HEADER_FORMAT_BITS | tag);
      writeLength(out, body.size());
      out.writeBytes(body.toByteArray());
      return Bytes.copyOf(out.toByteArray());
    }
  }

  /**
   * Reads all of {@code data} as packets.
   *
   * @param maxPackets more than this many are refused
   */
  static List<Packet> readAll(Bytes data, int maxPackets) throws MalformedPacketException {
    List<Packet> packets = new ArrayList<>();
    Cursor cursor = new Cursor(data);
    while (!cursor.atEnd()) {
      if (packets.size() == maxPackets) {
        throw new MalformedPacketException("more than " + maxPackets + " packets");
      }
      int header = cursor.octet();
      if ((header & HEADER_FORMAT_BITS) != HEADER_FORMAT_BITS) {
        throw new MalformedPacketException("not a packet header in the OpenPGP format");
      }
      packets.add(new Packet(header & TAG_BITS, cursor.take(cursor.packetLength())));
    }
    return packets;
  }

  /** Reads exactly one packet of the given type. */
  static Packet readOne(Bytes data, int tag) throws MalformedPacketException {
    List<Packet> packets = readAll(data, 1);
    if (packets.size() != 1 || packets.getFirst().tag() != tag) {
      throw new MalformedPacketException("not exactly one packet of type " + tag);
    }
    return packets.getFirst();
  }

  /** Writes a minimal length as packets have it. */
  static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 192) {
      out.write(length);
    } else if (length < 8384) {
      out.write(((length - 192) >> 8) + 192);
      out.write((length - 192) & 0xff);
    } else {
      out.write(0xff);
      out.write(length >>> 24);
      out.write(length >>> 16);
      out.write(length >>> 8);
      out.write(length);
    }
  }

  /** Octets that {@link #writeLength} writes. */
  static int lengthOctets(long length) {
    return length < 192 ? 1 : length < 8384 ? 2 : 5;
  }

  /** Reads from the left, never past the end. */
  static final class Cursor {
    private final Bytes data;
    private int position;

    Cursor(Bytes data) {
      this.data = data;
    }

    boolean atEnd() {
      return position == data.size();
    }

    int octet() throws MalformedPacketException {
      if (atEnd()) {
        throw new MalformedPacketException("ends early");
      }
      return data.at(position++);
    }

    long uint32() throws MalformedPacketException {
      long value = 0;
      for (int i = 0; i < 4; i++) {
        value = value << 8 | octet();
      }
      return value;
    }

    Bytes take(long length) throws MalformedPacketException {
      if (length > data.size() - position) {
        throw new MalformedPacketException(
            "a length of " + length + " octets, more than there are");
      }
      Bytes taken = data.slice(position, position + (int) length);
      position += (int) length;
      return taken;
    }

    /** All that remains. */
    Bytes rest() {
      Bytes rest = data.slice(position, data.size());
      position = data.size();
      return rest;
    }

    /** A packet's length: partial lengths and longer forms than needed are refused. */
    long packetLength() throws MalformedPacketException {
      int first = octet();
      if (first >= 224 && first < 255) {
        throw new MalformedPacketException("a partial length");
      }
      return lengthFrom(first, 8384);
    }

    /**
     * A signature subpacket's length, which has one more octet of two-octet range than a packet's.
     */
    long subpacketLength() throws MalformedPacketException {
      return lengthFrom(octet(), 16320);
    }

    private long lengthFrom(int first, int shortestOfFourOctets) throws MalformedPacketException {
      if (first < 192) {
        return first;
      }
      if (first < 255) {
        return ((first - 192) << 8) + octet() + 192L;
      }
      long length = uint32();
      if (length < shortestOfFourOctets) {
        throw new MalformedPacketException("a length in a longer form than needed");
      }
      return length;
    }
  }
}
