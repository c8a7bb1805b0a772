package io.keypost.delivery.custody;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from {@code first} to {@code longest}, and of
 * that a random share between half and all, so that what failed together does not come back
 * together (threat T44).
 *
 * @param first wait after the first failure
 * @param longest bound of the doubling; also of what a peer may ask for
 */
public record RetrySchedule(Duration first, Duration longest) {

  /** Checks the relation of the two. */
  public RetrySchedule {
    if (!first.isPositive() || first.compareTo(longest) > 0) {
      throw new IllegalArgumentException("waits from " + first + " to " + longest);
    }
  }

  /**
   * The wait after {@code failures} failures in a row.
   *
   * @param failures at least 1
   * @param asked what the peer asked for; the wait is not shorter, up to {@code longest}
   */
  public Duration after(int failures, Duration asked, RandomGenerator random) {
    long firstMillis = first.toMillis();
    long longestMillis = longest.toMillis();
    int doublings = Math.min(Math.max(failures, 1) - 1, Long.numberOfLeadingZeros(firstMillis) - 2);
    long full = Math.min(longestMillis, firstMillis << doublings);
    long spread = full / 2;
    long jittered = full - spread + random.nextLong(spread + 1);
    long floor = Math.min(asked.toMillis(), longestMillis);
    // What a peer asked many callers for is spread as well.
    long atLeast = floor + random.nextLong(floor / 4 + 1);
    return Duration.ofMillis(Math.max(jittered, atLeast));
  }
}
