package io.keypost.router;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.Optional;

/**
 * What the recipient's domain says of the recipient's address. Each answer carries the signed
 * record ({@code kp-address}), which is shown to the sender's client where it must act on it.
 */
public sealed interface RecipientStanding {

  /**
   * It has a mailbox.
   *
   * @param address of the record found: without the tag, when the sub-address that was asked for
   *     has no entry of its own (KP-RTE-7)
   * @param encryptionKey v6 fingerprint of the subkey that is current for it; empty if it has none
   *     that is good now
   * @param operator who receives for it
   * @param pool of that operator's servers
   * @param record the signed record
   */
  record Mailbox(
      Address address,
      Optional<Bytes> encryptionKey,
      MailDomain operator,
      String pool,
      String record)
      implements RecipientStanding {}

  /** It points elsewhere. */
  record Pointer(String record) implements RecipientStanding {}

  /** There is no such address. */
  record NoRecipient() implements RecipientStanding {}

  /** The domain withdrew it. */
  record Revoked(Instant from) implements RecipientStanding {}
}
