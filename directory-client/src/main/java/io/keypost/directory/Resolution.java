package io.keypost.directory;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.Verified;
import java.util.List;

/**
 * Where an address leads.
 *
 * @param asked the address that was asked for
 * @param pointers the pointers that were followed, in order; empty when the address is none
 * @param target what stands at the end: a mailbox, unknown or revoked, never a pointer
 */
public record Resolution(Address asked, List<FollowedPointer> pointers, AddressView target) {
  /** Most pointers that are followed (docs/protocol.md, "Routing"). */
  public static final int MAX_POINTERS = 3;

  /** Keeps its own copy of the list. */
  public Resolution {
    pointers = List.copyOf(pointers);
  }

  /**
   * One pointer.
   *
   * @param alias the address that points
   * @param consent that it may point there, of the target's domain and signed by the target
   */
  public record FollowedPointer(AddressView alias, Verified<ConsentRecord> consent) {}
}
