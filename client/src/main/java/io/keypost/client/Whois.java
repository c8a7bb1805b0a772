package io.keypost.client;

import io.keypost.client.TrustChain.BrokenLink;
import io.keypost.client.TrustChain.Kind;
import io.keypost.client.TrustChain.Link;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.Resolution;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusedException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Follows an address's chain of trust with nothing cached, and tells each link. */
final class Whois {
  private final Function<ResolutionTrace, DirectoryClient> directories;
  private final InstantSource clock;

  /**
   * @param directories opens a directory that has cached nothing; it is closed here
   */
  Whois(Function<ResolutionTrace, DirectoryClient> directories, InstantSource clock) {
    this.directories = directories;
    this.clock = clock;
  }

  TrustChain of(Address address) {
    Queue<Link> links = new ConcurrentLinkedQueue<>();
    ResolutionTrace trace = step -> links.addAll(TrustLinks.of(step, clock.instant()));
    try (DirectoryClient directory = directories.apply(trace)) {
      try {
        Resolution resolution = Waiting.on(directory.resolve(address));
        return new TrustChain(
            address, List.copyOf(links), Optional.of(resolution), Optional.empty());
      } catch (RefusedException e) {
        RefusedException reason = nearer(directory, links, address.domain(), e);
        List<Link> held = List.copyOf(links);
        return new TrustChain(
            address, held, Optional.empty(), Optional.of(broken(address, held, reason)));
      }
    }
  }

  /**
   * When the own provider could not find the domain, this client has not come to look at its pin:
   * what DNS shows here is told all the same, and is the reason if it is none to follow.
   */
  private static RefusedException nearer(
      DirectoryClient directory, Queue<Link> links, MailDomain domain, RefusedException reason) {
    boolean looked =
        links.stream()
            .anyMatch(link -> link.kind() == Kind.DNS && link.subject().equals(domain.value()));
    if (!looked) {
      try {
        Waiting.on(directory.pin(domain));
      } catch (RefusedException e) {
        return e;
      }
    }
    return reason;
  }

  private BrokenLink broken(Address address, List<Link> held, RefusedException reason) {
    Kind kind =
        switch (reason.code()) {
          case DNS_UNAVAILABLE, DNS_BOGUS -> Kind.DNS;
          case PIN_MISSING, PIN_MALFORMED, PIN_AHEAD -> Kind.PIN;
          case CONTINUITY_BROKEN, STORE_UNAVAILABLE -> Kind.MEMORY;
          case FIRST_SIGHT_INSECURE -> Kind.CONFIRMATION;
          case ALIAS_LOOP, CONSENT_MISSING, CONSENT_INVALID -> Kind.POINTER;
          case RECORD_MALFORMED,
              RECORD_UNTRUSTED,
              RECORD_ROLLED_BACK,
              RECORD_EQUIVOCATES,
              RECORD_EXPIRED,
              CLOCK_WRONG ->
              isVerified(held, address.domain()) ? Kind.ADDRESS : Kind.DOMAIN;
          // Nobody answered, or not this: what a server says of itself is all that is known.
          default -> Kind.KEY_SERVER;
        };
    return new BrokenLink(
        kind,
        kind == Kind.ADDRESS || kind == Kind.POINTER
            ? address.toString()
            : address.domain().value(),
        clock.instant(),
        reason);
  }

  private static boolean isVerified(List<Link> held, MailDomain domain) {
    return held.stream()
        .anyMatch(link -> link.kind() == Kind.DOMAIN && link.subject().equals(domain.value()));
  }
}
