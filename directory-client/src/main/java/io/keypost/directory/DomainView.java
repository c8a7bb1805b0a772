package io.keypost.directory;

import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.VerifiedDomain;

/**
 * A domain as it was found.
 *
 * @param pin what DNS said
 * @param security of the DNS answer
 * @param remembered what is remembered of the domain with this look-up, its first sight included
 * @param verified the domain's record, verified under the pin's root
 */
public record DomainView(
    Pin pin, DnsSecurity security, RememberedPin remembered, VerifiedDomain verified) {
  /** What the domain says of itself. */
  public DomainRecord record() {
    return verified.record();
  }

  /** Short, for logs. */
  @Override
  public String toString() {
    return verified.domain()
        + " gen "
        + record().gen()
        + " seq "
        + record().seq()
        + " ("
        + verified.digest()
        + ")";
  }
}
