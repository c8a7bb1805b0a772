package io.keypost.delivery.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Threat T44. */
class RetryScheduleTest {
  private static final long SEED = 20261124;

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
  private final RetrySchedule schedule =
      new RetrySchedule(Duration.ofSeconds(2), Duration.ofMinutes(10));

  @Test
  void doublesWithAShareOfChanceUpToItsBound() {
    for (int failures = 1; failures < 200; failures++) {
      Duration full =
          failures > 20
              ? schedule.longest()
              : min(schedule.first().multipliedBy(1L << (failures - 1)), schedule.longest());
      Duration wait = schedule.after(failures, Duration.ZERO, random);

      assertThat(wait)
          .as("seed %d, %d failures", SEED, failures)
          .isBetween(full.dividedBy(2), full);
    }
  }

  @Test
  void waitsAtLeastAsLongAsThePeerAsked() {
    Duration asked = Duration.ofMinutes(3);

    for (int i = 0; i < 100; i++) {
      assertThat(schedule.after(1, asked, random)).isBetween(asked, asked.plus(asked.dividedBy(4)));
    }
  }

  @Test
  void waitsNoLongerThanItsBoundAndAQuarterWhateverThePeerAsks() {
    assertThat(schedule.after(1, Duration.ofDays(365), random))
        .isLessThanOrEqualTo(schedule.longest().plus(schedule.longest().dividedBy(4)));
  }

  @Test
  void isNoScheduleWhoseBoundIsBelowItsBeginning() {
    assertThatThrownBy(() -> new RetrySchedule(Duration.ofMinutes(2), Duration.ofMinutes(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
