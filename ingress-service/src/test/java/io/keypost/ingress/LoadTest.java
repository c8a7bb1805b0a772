package io.keypost.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** KP-KSV-20: the load that a front door tells of. */
class LoadTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "0.25, 0.1, 25",
    "0.1, 0.25, 25",
    "1, 0, 100",
    "0, 1, 100",
    "3, 0, 100",
    "0, 7, 100"
  })
  void isWhateverRunsOutFirst(double requests, double processors, int percent) {
    assertThat(Load.percent(requests, processors)).isEqualTo(percent);
  }

  @Test
  void doesWithoutWhatThePlatformDoesNotSay() {
    assertThat(Load.percent(0.5, -1)).isEqualTo(50);
    assertThat(Load.percent(0.5, Double.NaN)).isEqualTo(50);
    assertThat(Load.percent(-1, -1)).isZero();
  }
}
