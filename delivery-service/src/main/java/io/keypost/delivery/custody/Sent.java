package io.keypost.delivery.custody;

import java.time.Instant;
import java.util.Optional;

/**
 * A line of a user's list of sent mail.
 *
 * @param position where it stands in the list; later lines have greater ones, with gaps
 * @param handedOver when the recipient's operator took custody
 * @param end how it ended; empty while it is in flight
 */
public record Sent(
    long position, Submission submission, Optional<Instant> handedOver, Optional<End> end) {

  /**
   * How an envelope ended, with what proves it (KP-RCP-4).
   *
   * @param checkedAt when the receipt was checked; empty for an own one that has not come back yet
   */
  public record End(
      TerminalOutcome outcome,
      Optional<String> detail,
      Optional<String> record,
      Instant decidedAt,
      Optional<String> receipt,
      Optional<ReceiptChain> chain,
      Optional<Instant> checkedAt) {}
}
