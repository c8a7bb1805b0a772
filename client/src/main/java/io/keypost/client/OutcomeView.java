package io.keypost.client;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one envelope.
 *
 * @param code refusal code in its wire form
 * @param detail in the provider's words
 * @param decidedAt whole seconds; of the receipt where there is a verified one
 * @param receipt what the receipt proves
 */
public record OutcomeView(
    MessageId messageId,
    Address recipient,
    Address addressedAs,
    Digest envelopeDigest,
    State state,
    Optional<String> code,
    Optional<String> detail,
    Optional<Instant> decidedAt,
    ReceiptProof receipt) {
  /** How far it is. */
  public enum State {
    /** On its way. */
    IN_FLIGHT,
    /** Its time is over and nothing was heard: asked for again. */
    UNCONFIRMED,
    /** In the recipient's mailbox. */
    DELIVERED,
    /** For good; the code says why. */
    REFUSED,
    /** Not delivered before its time was over. */
    EXPIRED,
    /** To be sealed anew; the code says why. */
    NEEDS_CLIENT;

    /** Whether nothing changes any more. */
    public boolean isFinal() {
      return switch (this) {
        case IN_FLIGHT, UNCONFIRMED -> false;
        case DELIVERED, REFUSED, EXPIRED, NEEDS_CLIENT -> true;
      };
    }
  }
}
