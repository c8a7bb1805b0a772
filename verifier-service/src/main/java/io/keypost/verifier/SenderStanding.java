package io.keypost.verifier;

import io.keypost.protocol.openpgp.UserCertificate;
import java.time.Instant;

/** What the sender's domain says of the sender's address. */
public sealed interface SenderStanding {

  /**
   * It has a mailbox and so a key.
   *
   * @param certificate decoded, so that every signature inside it is verified already
   */
  record Mailbox(UserCertificate certificate) implements SenderStanding {}

  /** There is no such address, or it only points elsewhere: nobody can sign as it. */
  record NoSender() implements SenderStanding {}

  /** The domain withdrew it. */
  record Revoked(Instant from) implements SenderStanding {}
}
