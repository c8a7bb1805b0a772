package io.keypost.events.mail;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code mail.outcome}: the one terminal outcome of an envelope.
 *
 * @param envelopeDigest names the envelope
 * @param messageId of the envelope
 * @param sender of the envelope, which the event is keyed by
 * @param recipient of the envelope
 * @param outcome how it ended
 * @param code why, for a refusal and for needs_client, absent otherwise; in its wire form, since a
 *     peer's receipt may name one that this version does not know
 * @param decidedAt when, in whole milliseconds
 * @param receipt the {@code kp-receipt}
 */
public record OutcomeEvent(
    Digest envelopeDigest,
    MessageId messageId,
    Address sender,
    Address recipient,
    OutcomeKind outcome,
    Optional<String> code,
    Instant decidedAt,
    String receipt) {
  /** Checks that outcome and code belong together. */
  public OutcomeEvent {
    if (outcome.hasCode() != code.isPresent() || receipt.isEmpty()) {
      throw new IllegalArgumentException("outcome, code and receipt do not belong together");
    }
  }
}
