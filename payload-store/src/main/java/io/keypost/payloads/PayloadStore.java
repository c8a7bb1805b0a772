package io.keypost.payloads;

import java.io.InputStream;
import java.util.List;

/**
 * Where payloads lie: appended once, read by reference, dropped segment by segment. Thread safe.
 * Each process writes segments of its own; every process may read all.
 */
public interface PayloadStore extends AutoCloseable {

  /**
   * Begins a payload. Does not block.
   *
   * @param sizeOctets how long it will be, 0 or more
   * @throws PayloadStoreException {@code BUSY} when too many are being written, {@code CLOSED}
   *     after {@link #close()}
   */
  PayloadWriter open(long sizeOctets);

  /**
   * Reads a part of a payload. Blocks, as does the stream. When the part is the whole payload its
   * digest is checked, and the stream fails before its end if it differs; a smaller part comes
   * unchecked.
   *
   * @return a stream whose methods throw {@link PayloadStoreException}; closed by the caller
   * @throws PayloadStoreException {@code GONE}, {@code NOT_YET_VISIBLE} or {@code UNAVAILABLE};
   *     {@code GONE} also for a segment name that no store can have given
   * @throws IllegalArgumentException if the range is not within the payload
   */
  InputStream read(PayloadReference reference, PayloadRange range);

  /**
   * What a segment holds. Blocks.
   *
   * @throws PayloadStoreException {@code GONE} or {@code UNAVAILABLE}
   */
  SegmentContents contents(String segment);

  /** Names of all segments of all writers, in no order. Blocks. */
  List<String> segments();

  /**
   * Removes a segment with all of its payloads; one that does not exist is removed already. Blocks.
   * Never to be called on a segment that a living writer still appends to.
   *
   * @throws PayloadStoreException {@code UNAVAILABLE}
   */
  void deleteSegment(String segment);

  /**
   * Makes durable what was committed, ends this process's segments and gives up what is being
   * written. Blocks.
   */
  @Override
  void close();
}
