package io.keypost.directory;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * Verified records of domains, addresses and operators. Every method completes exceptionally with
 * {@link io.keypost.protocol.refusal.RefusedException} and nothing else (perhaps wrapped, see
 * {@link Refusals}); unless said otherwise with a code of kind {@code RETRY_AFTER}, since nothing
 * that goes wrong with a look-up says anything about the mail that caused it.
 *
 * <p>Stages run on threads of the implementation, which must not be blocked.
 */
public interface Directory {
  /** What the domain says of itself, under the root that its pin names. */
  CompletionStage<DomainView> domain(MailDomain domain);

  /**
   * What the domain says of the address; a pointer is not followed. An address that does not exist
   * is an answer, not a refusal.
   */
  CompletionStage<AddressView> address(Address address);

  /**
   * Follows pointers, each with the target's consent, to what is no pointer.
   *
   * @return besides the temporary ones refuses {@code alias_loop} for a circle or more than {@link
   *     Resolution#MAX_POINTERS} pointers, and {@code consent_missing} or {@code consent_invalid}
   *     for a pointer that its target has not agreed to
   */
  CompletionStage<Resolution> resolve(Address address);

  /** The servers of an operator, and the certificates of all its services. */
  CompletionStage<ServersView> servers(MailDomain operator);

  /** As {@link #domain}, but what was fetched before {@code earliest} is fetched anew. */
  CompletionStage<DomainView> domainFetchedSince(MailDomain domain, Instant earliest);

  /** As {@link #address}, but what was fetched before {@code earliest} is fetched anew. */
  CompletionStage<AddressView> addressFetchedSince(Address address, Instant earliest);

  /** As {@link #servers}, but what was fetched before {@code earliest} is fetched anew. */
  CompletionStage<ServersView> serversFetchedSince(MailDomain operator, Instant earliest);

  /**
   * Asks anew for what changed when it is next wanted; no look-up that is under way is joined any
   * more. One pass over what is kept, whatever the number of changes.
   *
   * <p>If asking fails, the record of an address that is named is not given out any more: its key
   * may be what was revoked. Those of domains and servers are good to their end of life, as ever.
   */
  void changed(DirectoryChanges changes);
}
