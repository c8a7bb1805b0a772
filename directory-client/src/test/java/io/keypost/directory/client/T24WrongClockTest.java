package io.keypost.directory.client;

import static io.keypost.directory.client.BetaWorld.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** T24: a clock that is an hour wrong, over real DNS and TLS; KP-REC-5, KP-CRT-6. */
class T24WrongClockTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  @DisplayName("T24: the key server's clock is an hour ahead")
  void aKeyServerThatIsAheadIsRefusedAndBothClocksAreNamed() throws Exception {
    try (BetaWorld world = new BetaWorld(Duration.ZERO)) {
      world.betaClock().pass(HOUR);

      assertClockIsNamed(world, "signer's clock said " + world.betaClock().instant());
    }
  }

  @Test
  @DisplayName("T24: the clock of whoever looks up is an hour behind")
  void aClockThatIsBehindIsNamedByWhoeverItBelongsTo() throws Exception {
    try (BetaWorld world = new BetaWorld(HOUR.negated())) {
      assertClockIsNamed(world, "valid from");
    }
  }

  @Test
  @DisplayName("T24: a key server whose clock is an hour behind signs nothing that lives too long")
  void aKeyServerThatIsBehindIsBelievedAnHourLess() throws Exception {
    try (BetaWorld world = new BetaWorld(HOUR)) {
      assertThat(await(world.directory().domain(world.beta().domain())).verified().goodUntil())
          .isEqualTo(world.ownClock().instant().plus(Duration.ofHours(23)));
    }
  }

  private static void assertClockIsNamed(BetaWorld world, String others) {
    assertThatThrownBy(() -> await(world.directory().domain(world.beta().domain())))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(RefusalCode.CLOCK_WRONG);
              assertThat(e.refusal()).isInstanceOf(Refusal.RetryAfter.class);
              assertThat(e.refusal().detail())
                  .contains(others)
                  .contains("this clock says " + world.ownClock().instant());
            });
  }
}
