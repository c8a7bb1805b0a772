package io.keypost.keyserver.alias;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The requests for one target's consent that wait for an answer. Whoever asks for many aliases
 * takes places from himself before he takes one from anybody else (KP-KSV-13).
 *
 * @param known at most {@link #MOST}
 */
public record ConsentRequests(List<Request> known) {
  /** Requests of one target. */
  public static final int MOST = 100;

  /** Of those, requests for aliases of one domain. */
  public static final int MOST_OF_A_DOMAIN = 5;

  /** Whether the target has seen enough of a request. */
  public enum State {
    /** It is shown. */
    SHOWN,
    /** The target does not want to see it; it keeps its place, so that it does not come back. */
    DISMISSED
  }

  /** A request for an alias, and when it was last asked for. */
  public record Request(Address alias, Instant asked, State state) {
    private MailDomain domain() {
      return alias.domain();
    }
  }

  /** What to do with a request that is not known yet. */
  public sealed interface Place {
    /** There is a place, after {@code instead} has lost its own, if it is present. */
    record Free(Optional<Address> instead) implements Place {}

    /** There is none. */
    record None() implements Place {}
  }

  /** Keeps its own copy. */
  public ConsentRequests {
    known = List.copyOf(known);
  }

  /** Where a request for an alias of {@code domain} goes that is not among those known. */
  public Place placeFor(MailDomain domain) {
    List<Request> own = known.stream().filter(r -> r.domain().equals(domain)).toList();
    if (own.size() >= MOST_OF_A_DOMAIN) {
      return inPlaceOfOldest(own);
    }
    return known.size() < MOST
        ? new Place.Free(Optional.empty())
        : inPlaceOfOldest(shownOfTheDomainWithMost());
  }

  private List<Request> shownOfTheDomainWithMost() {
    return known.stream()
        .filter(request -> request.state() == State.SHOWN)
        .collect(Collectors.groupingBy(Request::domain))
        .entrySet()
        .stream()
        .max(
            Comparator.comparing((Map.Entry<MailDomain, List<Request>> e) -> e.getValue().size())
                .thenComparing(e -> e.getKey().value()))
        .map(Map.Entry::getValue)
        .orElse(List.of());
  }

  private static Place inPlaceOfOldest(List<Request> requests) {
    return requests.stream()
        .filter(request -> request.state() == State.SHOWN)
        .min(Comparator.comparing(Request::asked).thenComparing(r -> r.alias().toString()))
        .<Place>map(oldest -> new Place.Free(Optional.of(oldest.alias())))
        .orElse(new Place.None());
  }
}
