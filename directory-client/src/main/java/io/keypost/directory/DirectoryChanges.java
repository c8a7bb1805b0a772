package io.keypost.directory;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.util.Set;

/** What is known to say something else at its source than what may be kept of it. */
public sealed interface DirectoryChanges {

  /**
   * These names.
   *
   * @param addresses whose record changed; that of {@code user} answers for {@code user+tag} too
   * @param domains whose record, root statement, signer or revocations changed, and so everything
   *     that is verified under them
   * @param operators whose list of servers changed
   */
  record Named(Set<Address> addresses, Set<MailDomain> domains, Set<MailDomain> operators)
      implements DirectoryChanges {
    /** Takes copies. */
    public Named {
      addresses = Set.copyOf(addresses);
      domains = Set.copyOf(domains);
      operators = Set.copyOf(operators);
    }
  }

  /** Anything: what changed for a while is not known. */
  record Everything() implements DirectoryChanges {}

  /** One address. */
  static DirectoryChanges of(Address address) {
    return new Named(Set.of(address), Set.of(), Set.of());
  }

  /** One domain. */
  static DirectoryChanges of(MailDomain domain) {
    return new Named(Set.of(), Set.of(domain), Set.of());
  }
}
