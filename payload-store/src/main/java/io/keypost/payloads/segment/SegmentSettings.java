package io.keypost.payloads.segment;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Bounds of a {@link SegmentFileStore}.
 *
 * @param directory where segments lie; made if it is missing
 * @param rollOctets a shared segment that is at least as long takes nothing more
 * @param rollAge a shared segment that is at least as old takes nothing more, so that it can be
 *     dropped in time
 * @param sharedMaxOctets a payload that is longer has a segment of its own
 * @param bufferedMaxOctets memory for payloads that are still coming in; beyond it small ones too
 *     go to segments of their own
 * @param maxOpenWriters payloads being written at once; beyond it {@code BUSY}
 */
public record SegmentSettings(
    Path directory,
    long rollOctets,
    Duration rollAge,
    int sharedMaxOctets,
    long bufferedMaxOctets,
    int maxOpenWriters) {

  /** Checks the bounds and their relations. */
  public SegmentSettings {
    if (rollOctets < 1
        || sharedMaxOctets < 0
        || bufferedMaxOctets < 0
        || maxOpenWriters < 1
        || !rollAge.isPositive()) {
      throw new IllegalArgumentException("bounds of the payload store are positive");
    }
    if (sharedMaxOctets > rollOctets) {
      throw new IllegalArgumentException("a payload that shares a segment must fit into one");
    }
  }

  /** 64 MiB or an hour a segment; payloads up to 1 MiB share; 64 MiB of memory; 1,024 at once. */
  public static SegmentSettings in(Path directory) {
    return new SegmentSettings(directory, 64L << 20, Duration.ofHours(1), 1 << 20, 64L << 20, 1024);
  }
}
