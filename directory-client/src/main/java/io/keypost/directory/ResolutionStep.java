package io.keypost.directory;

import io.keypost.directory.dns.PinAnswer;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.address.MailDomain;
import java.net.InetSocketAddress;
import java.util.Optional;

/** One link of a chain of trust, when it was found good. */
public sealed interface ResolutionStep {
  /** DNS showed a pin. */
  record PinFound(MailDomain domain, PinAnswer answer) implements ResolutionStep {}

  /** The memory was asked. */
  record PinRecalled(MailDomain domain, Optional<RememberedPin> remembered)
      implements ResolutionStep {}

  /**
   * A pin that DNS does not secure was confirmed over HTTPS.
   *
   * @param url where the same pin stands
   */
  record PinConfirmed(MailDomain domain, String url) implements ResolutionStep {}

  /**
   * A key server answered over TLS, and its certificate was found good for what it was asked.
   *
   * @param what the path that was asked for
   */
  record KeyServerAnswered(
      MailDomain domain, PeerTarget keyServer, InetSocketAddress address, String what)
      implements ResolutionStep {}

  /** A domain's record was verified under the pinned root. */
  record DomainVerified(DomainView view) implements ResolutionStep {}

  /** An address's record was verified under its domain. */
  record AddressVerified(AddressView view) implements ResolutionStep {}

  /** An operator's servers were verified under its domain. */
  record ServersVerified(ServersView view) implements ResolutionStep {}

  /** A pointer was followed, with the target's consent. */
  record PointerFollowed(Resolution.FollowedPointer pointer) implements ResolutionStep {}
}
