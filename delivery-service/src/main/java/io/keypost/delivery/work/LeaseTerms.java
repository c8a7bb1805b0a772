package io.keypost.delivery.work;

import java.time.Duration;
import java.util.UUID;

/**
 * On what terms a process takes work.
 *
 * @param holder the process, by a random name of this start
 * @param life how long the work stays with it unless it renews, {@link #MIN_LIFE} to {@link
 *     #MAX_LIFE}
 */
public record LeaseTerms(UUID holder, Duration life) {
  /** Shorter ones would be lost by a pause of the collector or a slow statement. */
  public static final Duration MIN_LIFE = Duration.ofSeconds(5);

  /** Longer ones would keep mail waiting for a process that died. */
  public static final Duration MAX_LIFE = Duration.ofMinutes(10);

  /** Checks the bounds. */
  public LeaseTerms {
    if (life.compareTo(MIN_LIFE) < 0 || life.compareTo(MAX_LIFE) > 0) {
      throw new IllegalArgumentException(
          "keypost.delivery.lease.life is " + MIN_LIFE + " to " + MAX_LIFE + ", not " + life);
    }
  }
}
