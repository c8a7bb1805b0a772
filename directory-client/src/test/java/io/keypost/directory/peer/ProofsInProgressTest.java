package io.keypost.directory.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import org.junit.jupiter.api.Test;

/** T15: nobody's hanging look-ups take the places of the others. */
class ProofsInProgressTest {
  private final ProofsInProgress proofs = new ProofsInProgress(3, 2);

  @Test
  void refusesTheNetworkThatHasTooManyAndNoOther() {
    proofs.enter("one");
    proofs.enter("one");

    assertRefused("one", RefusalCode.RATE_LIMITED);
    assertThat(proofs.enter("two").leave()).isTrue();
  }

  @Test
  void refusesEverybodyBeyondTheBound() {
    proofs.enter("one");
    proofs.enter("two");
    proofs.enter("three");

    assertRefused("four", RefusalCode.BUSY);
  }

  @Test
  void aPlaceIsLeftOnce() {
    ProofsInProgress.Place place = proofs.enter("one");
    proofs.enter("one");

    assertThat(place.leave()).isTrue();
    assertThat(place.leave()).isFalse();

    assertThat(proofs.inProgress()).isOne();
    proofs.enter("one");
    assertRefused("one", RefusalCode.RATE_LIMITED);
  }

  @Test
  void takesNoBoundsThatContradictEachOther() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ProofsInProgress(1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> new ProofsInProgress(1, 0));
  }

  private void assertRefused(String network, RefusalCode code) {
    assertThatThrownBy(() -> proofs.enter(network))
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
