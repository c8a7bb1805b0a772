package io.keypost.directory.keyserver;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.util.Map;

/**
 * The answer to a look-up of addresses, not verified yet.
 *
 * @param domains {@code kp-domain} JWS of the domains that are needed to verify
 * @param servers {@code kp-servers} JWS of operators
 * @param revocations {@code kp-revocations} JWS of the same domains
 */
record LookupAnswer(
    Map<Address, AddressAnswer> addresses,
    Map<MailDomain, String> domains,
    Map<MailDomain, String> servers,
    Map<MailDomain, String> revocations) {
  /** Most entries of each kind: 100 addresses, each with three pointers followed. */
  static final int MAX_ANSWERS = 400;

  LookupAnswer {
    addresses = Map.copyOf(addresses);
    domains = Map.copyOf(domains);
    servers = Map.copyOf(servers);
    revocations = Map.copyOf(revocations);
  }
}
