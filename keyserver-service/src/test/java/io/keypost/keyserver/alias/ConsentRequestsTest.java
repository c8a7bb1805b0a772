package io.keypost.keyserver.alias;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.keyserver.alias.ConsentRequests.Place;
import io.keypost.keyserver.alias.ConsentRequests.Request;
import io.keypost.keyserver.alias.ConsentRequests.State;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** KP-KSV-13: nobody's requests hide another's. */
class ConsentRequestsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final MailDomain LOUD = MailDomain.parse("loud.test");
  private static final MailDomain QUIET = MailDomain.parse("quiet.test");

  @Test
  void theFifthOfADomainFindsAPlaceAndTheSixthTakesThatOfItsOldestByKpKsv13() {
    assertThat(place(of(LOUD, 4, State.SHOWN), LOUD)).isEqualTo(new Place.Free(Optional.empty()));
    assertThat(place(of(LOUD, 5, State.SHOWN), LOUD))
        .isEqualTo(new Place.Free(Optional.of(Address.parse("a0@loud.test"))));
    assertThat(place(of(LOUD, 5, State.SHOWN), QUIET)).isEqualTo(new Place.Free(Optional.empty()));
  }

  @Test
  void whatWasDismissedKeepsItsPlaceSoThatItDoesNotComeBackByKpKsv13() {
    List<Request> requests = new ArrayList<>(of(LOUD, 4, State.DISMISSED));
    requests.add(new Request(Address.parse("new@loud.test"), NOW, State.SHOWN));
    assertThat(place(requests, LOUD))
        .isEqualTo(new Place.Free(Optional.of(Address.parse("new@loud.test"))));

    assertThat(place(of(LOUD, 5, State.DISMISSED), LOUD)).isEqualTo(new Place.None());
  }

  @Test
  void ofAllTheyAreTheDomainsWithMostThatLoseAPlaceByKpKsv13() {
    List<Request> full = new ArrayList<>(of(QUIET, 1, State.SHOWN));
    for (int i = 0; i < 24; i++) {
      full.addAll(of(MailDomain.parse("loud" + i + ".test"), 4, State.SHOWN));
    }
    full.addAll(of(LOUD, 3, State.SHOWN));
    assertThat(full).hasSize(ConsentRequests.MOST);

    Place place = place(full, MailDomain.parse("new.test"));

    assertThat(place)
        .isInstanceOfSatisfying(
            Place.Free.class,
            free -> assertThat(free.instead().orElseThrow().domain().value()).startsWith("loud"));
    assertThat(place).isNotEqualTo(new Place.Free(Optional.of(Address.parse("a0@loud.test"))));
  }

  private static Place place(List<Request> known, MailDomain domain) {
    return new ConsentRequests(known).placeFor(domain);
  }

  /** The first is the oldest, and older than those of other domains that come later. */
  private static List<Request> of(MailDomain domain, int count, State state) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Request(
                    Address.parse("a" + i + "@" + domain), NOW.minusSeconds(100 - i), state))
        .toList();
  }
}
