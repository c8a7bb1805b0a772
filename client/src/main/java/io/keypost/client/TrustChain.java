package io.keypost.client;

import io.keypost.directory.Resolution;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.Optional;

/**
 * How an address was found, link by link.
 *
 * @param links those that were found good, in the order in which they were
 * @param resolution where it leads; empty when a link failed
 * @param failure why; empty when all are good
 */
public record TrustChain(
    Address asked,
    List<Link> links,
    Optional<Resolution> resolution,
    Optional<RefusedException> failure) {
  /** Copies the list. */
  public TrustChain {
    links = List.copyOf(links);
  }

  /**
   * One link.
   *
   * @param kind {@code pin}, {@code key-server}, {@code domain}, {@code address}, {@code servers},
   *     {@code pointer} or {@code memory}
   * @param subject domain or address that it is about
   * @param detail what was verified, in words
   */
  public record Link(String kind, String subject, String detail) {}
}
