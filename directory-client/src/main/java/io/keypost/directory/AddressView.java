package io.keypost.directory;

import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.Verified;
import java.util.Optional;

/**
 * An address as it was found.
 *
 * @param verified the address's record, verified under its domain
 * @param domain the domain that says so
 * @param certificate the user's OpenPGP certificate, parsed once; present for a mailbox only
 */
public record AddressView(
    Verified<AddressRecord> verified, DomainView domain, Optional<UserCertificate> certificate) {
  /** What is said of the address. */
  public AddressRecord record() {
    return verified.record();
  }

  /** Short, for logs. */
  @Override
  public String toString() {
    return record().address()
        + " gen "
        + record().gen()
        + " seq "
        + record().seq()
        + " ("
        + verified.digest()
        + ")";
  }
}
