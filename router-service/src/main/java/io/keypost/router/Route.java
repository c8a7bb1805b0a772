package io.keypost.router;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.Refusal;

/** Where an envelope goes. */
public sealed interface Route {

  /** The mailbox is at this operator. */
  record Mailbox(Address mailbox) implements Route {}

  /**
   * Another operator takes it; delivery chooses one of its servers at each attempt.
   *
   * @param operator whose servers receive for the recipient
   * @param pool which of them
   */
  record Transfer(MailDomain operator, String pool) implements Route {}

  /**
   * Back to the sender: an outcome is proposed.
   *
   * @param refusal permanent, or for the client to seal anew
   */
  record Refused(Refusal refusal) implements Route {}

  /** The envelope's life ended before anybody took it. */
  record Expired() implements Route {}
}
