package io.keypost.directory;

import io.keypost.protocol.record.ServersRecord;
import io.keypost.protocol.record.Verified;

/**
 * An operator's servers as they were found.
 *
 * @param verified the record, verified under the operator's domain
 * @param operator the operator's domain
 */
public record ServersView(Verified<ServersRecord> verified, DomainView operator) {
  /** What is said of the servers. */
  public ServersRecord record() {
    return verified.record();
  }

  /** Short, for logs. */
  @Override
  public String toString() {
    return "servers of "
        + record().operator()
        + " gen "
        + record().gen()
        + " seq "
        + record().seq()
        + " ("
        + verified.digest()
        + ")";
  }
}
