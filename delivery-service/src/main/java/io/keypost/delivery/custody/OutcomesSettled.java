package io.keypost.delivery.custody;

import java.util.List;

/**
 * Told to whoever in this process wants to know, after the commit that made outcomes final: to
 * count and log them, and to wake what sends them on. A hint only: what must happen is in the
 * outboxes.
 *
 * @param stage where they were decided
 */
public record OutcomesSettled(String stage, List<Settlement> settlements) {
  /** Copies the list. */
  public OutcomesSettled {
    settlements = List.copyOf(settlements);
  }
}
