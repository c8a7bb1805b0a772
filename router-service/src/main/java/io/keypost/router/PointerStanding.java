package io.keypost.router;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.Refusal;

/** Where the address that the sender wrote to leads now. */
public sealed interface PointerStanding {

  /** The sender wrote to the mailbox itself: nothing to follow. */
  record Direct() implements PointerStanding {}

  /**
   * It leads to this mailbox, over one to three pointers with the target's consent.
   *
   * @param target the mailbox at the end
   * @param record the first pointer's signed record
   */
  record LeadsTo(Address target, String record) implements PointerStanding {}

  /** It leads nowhere: a loop, too many hops, an address that is gone. */
  record Broken(Refusal.Permanent why) implements PointerStanding {}
}
