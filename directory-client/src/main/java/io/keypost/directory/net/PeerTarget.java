package io.keypost.directory.net;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.KeyServerName;

/**
 * A host and port that a pin or a record names.
 *
 * @param host canonical name, never an address
 * @param port 1 to 65535
 */
public record PeerTarget(MailDomain host, int port) {
  /** A key server of a pin. */
  public static PeerTarget of(KeyServerName name) {
    return new PeerTarget(name.host(), name.port());
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
