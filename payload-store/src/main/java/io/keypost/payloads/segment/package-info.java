/**
 * Payloads in segment files of a file system, local or a shared volume. {@link
 * io.keypost.payloads.segment.SegmentFormat} draws the file; {@link
 * io.keypost.payloads.segment.SegmentFileStore} is the way in. Small payloads share a segment and
 * an fsync, large ones have a segment each.
 */
@NullMarked
package io.keypost.payloads.segment;

import org.jspecify.annotations.NullMarked;
