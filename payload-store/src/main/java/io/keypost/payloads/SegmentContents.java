package io.keypost.payloads;

import java.util.List;

/**
 * What a segment holds.
 *
 * @param payloads all whole payloads, in the order in which they were appended
 * @param state whether more may come
 */
public record SegmentContents(List<PayloadReference> payloads, State state) {
  /** Copies the list. */
  public SegmentContents {
    payloads = List.copyOf(payloads);
  }

  /** How a segment ends. */
  public enum State {
    /** With its index: nothing will be appended. */
    SEALED,
    /** With a whole payload: its writer may append, or has died. */
    OPEN,
    /**
     * With a part of something: its writer is appending, or died while it did. What is whole before
     * it stands.
     */
    TORN
  }
}
