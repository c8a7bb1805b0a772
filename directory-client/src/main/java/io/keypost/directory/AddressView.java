package io.keypost.directory;

import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusedException;
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

  /**
   * What the address's own keys have said, each statement verified; empty for one that never had a
   * key.
   *
   * @throws RefusedException {@code statement_invalid}
   */
  public Optional<KeyHistory> history() {
    return record().statements().isEmpty()
        ? Optional.empty()
        : Optional.of(
            KeyHistory.verify(
                record().address(),
                record().statements().stream().map(KeyStatement::parse).toList()));
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
