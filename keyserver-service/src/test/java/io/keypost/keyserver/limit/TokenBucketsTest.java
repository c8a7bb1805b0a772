package io.keypost.keyserver.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketsTest {
  private Instant now = Instant.parse("2026-11-24T06:00:00Z");
  private final TokenBuckets buckets = new TokenBuckets(3, 2, 2, () -> now);

  @Test
  void givesTheBurstAndThenSaysHowLongToWaitByKpKsv5() {
    for (int i = 0; i < 3; i++) {
      assertThat(buckets.take("alice", 1)).isZero();
    }

    assertThat(buckets.take("alice", 1)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void tokensComeBackAtTheSteadyRateAndNeverBeyondTheBurst() {
    assertThat(buckets.take("alice", 3)).isZero();
    now = now.plusMillis(500);
    assertThat(buckets.take("alice", 1)).isZero();
    assertThat(buckets.take("alice", 1)).isPositive();

    now = now.plus(Duration.ofDays(1));
    assertThat(buckets.take("alice", 3)).isZero();
    assertThat(buckets.take("alice", 1)).isPositive();
  }

  @Test
  void oneCallerTakesNothingFromAnotherByKpKsv5() {
    assertThat(buckets.take("alice", 3)).isZero();

    assertThat(buckets.take("bob", 3)).isZero();
  }

  @Test
  void forgetsTheCallerThatWasSilentLongest() {
    assertThat(buckets.take("alice", 3)).isZero();
    assertThat(buckets.take("bob", 3)).isZero();
    assertThat(buckets.take("carol", 3)).isZero();

    assertThat(buckets.take("carol", 1)).isPositive();
    assertThat(buckets.take("alice", 3)).isZero();
  }

  @Test
  void aClockSetBackGivesNothing() {
    assertThat(buckets.take("alice", 3)).isZero();
    now = now.minus(Duration.ofHours(1));

    assertThat(buckets.take("alice", 1)).isPositive();
  }

  @Test
  void aRequestThatCostsMoreThanTheBurstCostsTheBurst() {
    assertThat(buckets.take("alice", 100)).isZero();
    assertThat(buckets.take("alice", 1)).isPositive();
  }

  @Test
  void whatIsGivenBackIsThereAgainButNeverMoreThanTheBurst() {
    assertThat(buckets.take("alice", 2)).isZero();
    buckets.giveBack("alice", 2);
    buckets.giveBack("alice", 2);

    assertThat(buckets.take("alice", 3)).isZero();
    assertThat(buckets.take("alice", 1)).isPositive();
  }
}
