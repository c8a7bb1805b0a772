package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.SegmentContents;
import io.keypost.protocol.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists what a segment holds: by its index where it has one, else entry by entry until something is
 * not whole. Payloads are not read; their digests are checked when they are.
 */
final class SegmentScanner {
  private SegmentScanner() {}

  static SegmentContents scan(String segment, FileChannel channel) throws IOException {
    long size = channel.size();
    List<PayloadReference> indexed = index(segment, channel, size);
    return indexed != null
        ? new SegmentContents(indexed, SegmentContents.State.SEALED)
        : walk(segment, channel, size);
  }

  private static @Nullable List<PayloadReference> index(
      String segment, FileChannel channel, long size) throws IOException {
    ByteBuffer tail =
        octets(
            channel, size - SegmentFormat.INDEX_TAIL_OCTETS, SegmentFormat.INDEX_TAIL_OCTETS, size);
    long offset = tail == null ? -1 : SegmentFormat.indexOffset(tail, size);
    if (offset < 0) {
      return null;
    }
    ByteBuffer index = octets(channel, offset, (int) (size - offset), size);
    if (index == null || !SegmentFormat.isIndex(index)) {
      return null;
    }
    int count =
        (index.remaining() - SegmentFormat.INDEX_TAIL_OCTETS) / SegmentFormat.INDEX_ENTRY_OCTETS;
    List<PayloadReference> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(SegmentFormat.indexEntry(segment, index, i));
    }
    return entries;
  }

  private static SegmentContents walk(String segment, FileChannel channel, long size)
      throws IOException {
    List<PayloadReference> entries = new ArrayList<>();
    ByteBuffer header = octets(channel, 0, SegmentFormat.HEADER_OCTETS, size);
    if (header == null || !SegmentFormat.isHeader(header)) {
      return new SegmentContents(entries, SegmentContents.State.TORN);
    }
    long at = SegmentFormat.HEADER_OCTETS;
    while (at < size) {
      PayloadReference entry = entry(segment, channel, at, size);
      if (entry == null) {
        return new SegmentContents(entries, SegmentContents.State.TORN);
      }
      entries.add(entry);
      at = entry.offset() + entry.length() + SegmentFormat.ENTRY_TRAILER_OCTETS;
    }
    return new SegmentContents(entries, SegmentContents.State.OPEN);
  }

  private static @Nullable PayloadReference entry(
      String segment, FileChannel channel, long at, long size) throws IOException {
    ByteBuffer header = octets(channel, at, SegmentFormat.ENTRY_HEADER_OCTETS, size);
    long length = header == null ? -1 : SegmentFormat.entryLength(header);
    long payload = at + SegmentFormat.ENTRY_HEADER_OCTETS;
    if (length < 0 || length > size - payload) {
      return null;
    }
    ByteBuffer trailer =
        octets(channel, payload + length, SegmentFormat.ENTRY_TRAILER_OCTETS, size);
    Digest sha256 = trailer == null ? null : SegmentFormat.entryDigest(length, trailer);
    return sha256 == null ? null : new PayloadReference(segment, payload, length, sha256);
  }

  /** So many octets from {@code at}, or null when the segment does not have them. */
  private static @Nullable ByteBuffer octets(FileChannel channel, long at, int count, long size)
      throws IOException {
    if (at < 0 || count > size - at) {
      return null;
    }
    ByteBuffer octets = ByteBuffer.allocate(count);
    while (octets.hasRemaining()) {
      int read = channel.read(octets, at + octets.position());
      if (read < 0) {
        return null;
      }
    }
    return octets.flip();
  }
}
