package io.keypost.protocol.pin;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/**
 * Where a key server listens.
 *
 * @param host canonical host name, never an IP literal (KP-PIN-6)
 * @param port TCP port, 1 to 65535
 */
public record KeyServerName(MailDomain host, int port) {
  /** The port of a name without one. */
  public static final int DEFAULT_PORT = 443;

  /** Checks the port. */
  public KeyServerName {
    if (port < 1 || port > 65_535) {
      throw RefusedException.of(RefusalCode.PIN_MALFORMED, "ks: a port is 1 to 65535");
    }
  }

  /**
   * Reads {@code host} or {@code host:port}.
   *
   * @throws RefusedException {@code pin_malformed} when it is neither
   */
  public static KeyServerName parse(String text) {
    int colon = text.indexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    int port =
        colon < 0
            ? DEFAULT_PORT
            : (int) TagList.parseNumber("ks", text.substring(colon + 1), 65_535);
    try {
      return new KeyServerName(MailDomain.parseCanonical(host), port);
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.PIN_MALFORMED, "ks: not a host name", e);
    }
  }

  /** The form that stands in the pin; the default port is left out. */
  @Override
  public String toString() {
    return port == DEFAULT_PORT ? host.value() : host.value() + ':' + port;
  }
}
