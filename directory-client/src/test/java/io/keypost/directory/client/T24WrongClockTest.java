package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.testing.SettableClock;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** T24: a clock that is an hour wrong, over real DNS and TLS; KP-REC-5, KP-CRT-6. */
class T24WrongClockTest extends OverRealZones {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Of whoever looks up. */
  private SettableClock own;

  /** A directory whose clock is wrong by {@code error}. */
  private DirectoryClient lookingUp(Duration error) {
    own = new SettableClock(clock.instant().plus(error));
    return closing(new DirectoryBuilder(vertx, settings(local()), own).build());
  }

  @Test
  @DisplayName("T24: the key server's clock is an hour ahead")
  void aKeyServerThatIsAheadIsRefusedAndBothClocksAreNamed() {
    DirectoryClient directory = lookingUp(Duration.ZERO);
    clock.pass(HOUR);

    assertClockIsNamed(directory, "signer's clock said " + clock.instant());
  }

  @Test
  @DisplayName("T24: the clock of whoever looks up is an hour behind")
  void aClockThatIsBehindIsNamedByWhoeverItBelongsTo() {
    assertClockIsNamed(lookingUp(HOUR.negated()), "valid from");
  }

  @Test
  @DisplayName("T24: a key server whose clock is an hour behind signs nothing that lives too long")
  void aKeyServerThatIsBehindIsBelievedAnHourLess() {
    DirectoryClient directory = lookingUp(HOUR);

    assertThat(await(directory.domain(beta.domain())).verified().goodUntil())
        .isEqualTo(own.instant().plus(Duration.ofHours(23)));
  }

  private void assertClockIsNamed(DirectoryClient directory, String others) {
    assertThatThrownBy(() -> await(directory.domain(beta.domain())))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(RefusalCode.CLOCK_WRONG);
              assertThat(e.refusal()).isInstanceOf(Refusal.RetryAfter.class);
              assertThat(e.refusal().detail())
                  .contains(others)
                  .contains("this clock says " + own.instant());
            });
  }
}
