package io.keypost.client;

import io.keypost.directory.Resolution;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How an address was found, link by link.
 *
 * @param links those that were found good, in the order in which they were
 * @param resolution where it leads; empty when a link failed
 * @param broken which link failed, and why; empty when all are good
 */
public record TrustChain(
    Address asked, List<Link> links, Optional<Resolution> resolution, Optional<BrokenLink> broken) {
  /** Copies the list. */
  public TrustChain {
    links = List.copyOf(links);
  }

  /** Why a link failed; empty when all are good. */
  public Optional<RefusedException> failure() {
    return broken.map(BrokenLink::reason);
  }

  /** What a link may be about, in the order of a chain. */
  public enum Kind {
    /** The answer of DNS, and what DNSSEC says of it. */
    DNS,
    /** What the answer says. */
    PIN,
    /** What this home remembers of the domain. */
    MEMORY,
    /** The same pin over HTTPS, where DNS does not secure it. */
    CONFIRMATION,
    /** A server that answered, over TLS. */
    KEY_SERVER,
    /** The domain's root certificate and its newest statement. */
    ROOT,
    /** The certificate that signs the domain's records. */
    SIGNING_CERTIFICATE,
    /** The domain's record. */
    DOMAIN,
    /** An operator's servers. */
    SERVERS,
    /** The address's record. */
    ADDRESS,
    /** The user's certificate. */
    KEY,
    /** An alias, with the target's consent. */
    POINTER;

    /** Lower case with dashes, as it is shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One link that holds.
   *
   * @param subject domain or address that it is about
   * @param at when it was found good
   * @param detail what was verified, in words
   * @param facts the same for programs, by name: texts, numbers, lists of texts; times as RFC 3339
   */
  public record Link(
      Kind kind, String subject, Instant at, String detail, Map<String, Object> facts) {
    /** Copies the facts, in their order. */
    public Link {
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
  }

  /**
   * The link that failed.
   *
   * @param at when it did
   */
  public record BrokenLink(Kind kind, String subject, Instant at, RefusedException reason) {}
}
