package io.keypost.delivery.custody;

import java.util.List;
import java.util.Optional;

/**
 * A part of a user's list of sent mail.
 *
 * @param lines oldest first
 * @param next position after which the list goes on; empty at its end
 */
public record SentPage(List<Sent> lines, Optional<Long> next) {
  /** Copies the list. */
  public SentPage {
    lines = List.copyOf(lines);
  }
}
