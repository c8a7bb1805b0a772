package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadReference;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The octets of a segment file. All numbers are big-endian and unsigned; CRC is CRC-32C (RFC 3720
 * appendix B.4).
 *
 * <pre>
 * segment    = header *entry [ index ]
 *
 * header       0               8       12              20      24
 *              | "KPSEGMNT"    | ver=1 | created, ms   | CRC   |          CRC over octets 0 to 19
 *
 * entry        0       4               12      16          16+n              48+n    52+n
 *              | "KPEN"| length n      | CRC   | payload   | SHA-256         | CRC   |
 *                        first CRC over octets 0 to 11, second over octets 0 to 11 and the SHA-256
 *
 * index        for each entry:   | payload offset, 8 | length, 8 | SHA-256, 32 |
 *              then              | "KPIX" | count, 4 | index offset, 8 | CRC | "KPSEGEND" |
 *                        CRC over all index octets before it
 * </pre>
 *
 * The digest stands after the payload because it is known only then. An entry without its last CRC
 * was never committed.
 */
final class SegmentFormat {
  static final int HEADER_OCTETS = 24;
  static final int ENTRY_HEADER_OCTETS = 16;
  static final int ENTRY_TRAILER_OCTETS = Digest.SIZE_OCTETS + 4;
  static final int INDEX_ENTRY_OCTETS = 16 + Digest.SIZE_OCTETS;
  static final int INDEX_TAIL_OCTETS = 28;

  /** A segment holds no more, so that its index stays below 5 MiB. */
  static final int MAX_ENTRIES = 100_000;

  private static final int VERSION = 1;
  private static final Bytes MAGIC = ascii("KPSEGMNT");
  private static final Bytes ENTRY_MARK = ascii("KPEN");
  private static final Bytes INDEX_MARK = ascii("KPIX");
  private static final Bytes END = ascii("KPSEGEND");

  private SegmentFormat() {}

  /** The header of a segment made at this time. */
  static ByteBuffer header(long createdMillis) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_OCTETS);
    header.put(MAGIC.asByteBuffer()).putInt(VERSION).putLong(createdMillis);
    return header.putInt(crc(header, header.position())).flip();
  }

  /** Whether these are the octets of a header of this version. */
  static boolean isHeader(ByteBuffer octets) {
    return octets.remaining() == HEADER_OCTETS
        && begins(octets, MAGIC)
        && octets.getInt(octets.position() + 8) == VERSION
        && octets.getInt(octets.position() + 20) == crc(octets.slice(), 20);
  }

  /** What stands before a payload of this length. */
  static ByteBuffer entryHeader(long length) {
    ByteBuffer header = ByteBuffer.allocate(ENTRY_HEADER_OCTETS);
    header.put(ENTRY_MARK.asByteBuffer()).putLong(length);
    return header.putInt(crc(header, header.position())).flip();
  }

  /** The length in an entry's header, or -1 if these octets are not one. */
  static long entryLength(ByteBuffer octets) {
    if (octets.remaining() != ENTRY_HEADER_OCTETS
        || !begins(octets, ENTRY_MARK)
        || octets.getInt(octets.position() + 12) != crc(octets.slice(), 12)) {
      return -1;
    }
    return octets.getLong(octets.position() + 4);
  }

  /** What stands after a payload of this length and digest. */
  static ByteBuffer entryTrailer(long length, Digest sha256) {
    ByteBuffer trailer = ByteBuffer.allocate(ENTRY_TRAILER_OCTETS);
    trailer.put(sha256.octets().asByteBuffer());
    return trailer.putInt(trailerCrc(length, sha256)).flip();
  }

  /**
   * The digest in an entry's trailer, or null if these octets do not end an entry of this length.
   */
  static @Nullable Digest entryDigest(long length, ByteBuffer octets) {
    if (octets.remaining() != ENTRY_TRAILER_OCTETS) {
      return null;
    }
    Digest sha256 = digestAt(octets, octets.position());
    return octets.getInt(octets.position() + Digest.SIZE_OCTETS) == trailerCrc(length, sha256)
        ? sha256
        : null;
  }

  /** The index over these entries, beginning at {@code offset} of the segment. */
  static ByteBuffer index(List<PayloadReference> entries, long offset) {
    ByteBuffer index = ByteBuffer.allocate(entries.size() * INDEX_ENTRY_OCTETS + INDEX_TAIL_OCTETS);
    for (PayloadReference entry : entries) {
      index
          .putLong(entry.offset())
          .putLong(entry.length())
          .put(entry.sha256().octets().asByteBuffer());
    }
    index.put(INDEX_MARK.asByteBuffer()).putInt(entries.size()).putLong(offset);
    index.putInt(crc(index, index.position()));
    return index.put(END.asByteBuffer()).flip();
  }

  /**
   * Where the index begins, by the last octets of a segment of this size; -1 if it has none.
   *
   * @param tail the last {@link #INDEX_TAIL_OCTETS} octets
   */
  static long indexOffset(ByteBuffer tail, long segmentSize) {
    if (tail.remaining() != INDEX_TAIL_OCTETS
        || !begins(tail, INDEX_MARK)
        || !begins(tail.slice(20, 8), END)) {
      return -1;
    }
    long count = Integer.toUnsignedLong(tail.getInt(tail.position() + 4));
    long offset = tail.getLong(tail.position() + 8);
    boolean fits = count <= MAX_ENTRIES && offset >= HEADER_OCTETS;
    return fits && segmentSize - offset == count * INDEX_ENTRY_OCTETS + INDEX_TAIL_OCTETS
        ? offset
        : -1;
  }

  /** Reads entry {@code number} of an index. */
  static PayloadReference indexEntry(String segment, ByteBuffer index, int number) {
    int at = index.position() + number * INDEX_ENTRY_OCTETS;
    return new PayloadReference(
        segment, index.getLong(at), index.getLong(at + 8), digestAt(index, at + 16));
  }

  /** Whether the check sum of an index holds. */
  static boolean isIndex(ByteBuffer index) {
    int covered = index.remaining() - 12;
    return index.getInt(index.position() + covered) == crc(index.slice(), covered);
  }

  private static Digest digestAt(ByteBuffer octets, int at) {
    return new Digest(Bytes.copyOf(octets.slice(at, Digest.SIZE_OCTETS)));
  }

  private static boolean begins(ByteBuffer octets, Bytes mark) {
    return octets.slice(octets.position(), mark.size()).equals(mark.asByteBuffer());
  }

  private static int trailerCrc(long length, Digest sha256) {
    CRC32C crc = new CRC32C();
    crc.update(entryHeader(length).limit(12));
    crc.update(sha256.octets().asByteBuffer());
    return (int) crc.getValue();
  }

  private static int crc(ByteBuffer octets, int length) {
    CRC32C crc = new CRC32C();
    crc.update(octets.slice(0, length));
    return (int) crc.getValue();
  }

  private static Bytes ascii(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
  }
}
