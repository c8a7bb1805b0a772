package io.keypost.keyserver.alias;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a consent that could not be renewed waits for its next turn. */
public final class Backoff {
  /** After the first failure; each further one doubles it. */
  public static final Duration SHORTEST = Duration.ofMinutes(5);

  /** However often it failed: well within the 16 hours that are left for renewal. */
  public static final Duration LONGEST = Duration.ofHours(1);

  private static final int MOST_DOUBLINGS = 10;

  private Backoff() {}

  /**
   * Between half of the time and all of it, by chance: what failed together need not come back
   * together.
   *
   * @param failures before this one, in a row
   */
  public static Duration after(int failures, RandomGenerator random) {
    Duration doubled = SHORTEST.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    Duration whole = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return whole.dividedBy(2).plusMillis(random.nextLong(whole.toMillis() / 2 + 1));
  }
}
