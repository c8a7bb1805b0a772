package io.keypost.events;

import java.time.Duration;

/**
 * How long a record may be put aside. One topic for each delay: since the delay of a topic is
 * uniform, its records become due in the order in which they were written, and a consumer only ever
 * waits for the next one.
 */
public enum RetryDelay {
  /** Ten seconds. */
  TEN_SECONDS(Duration.ofSeconds(10)),
  /** One minute. */
  ONE_MINUTE(Duration.ofMinutes(1)),
  /** Ten minutes; repeated until the envelope expires. */
  TEN_MINUTES(Duration.ofMinutes(10));

  private final Duration duration;

  RetryDelay(Duration duration) {
    this.duration = duration;
  }

  /** The wait. */
  public Duration duration() {
    return duration;
  }

  /**
   * The delay before the next try of something tried {@code attempts} times (at least 1) that was
   * asked to wait {@code atLeast}: the first three tries are 10 s apart, the next three a minute,
   * then ten minutes; longer when the wait asked for is longer.
   */
  public static RetryDelay after(int attempts, Duration atLeast) {
    RetryDelay byAttempts = attempts <= 3 ? TEN_SECONDS : attempts <= 6 ? ONE_MINUTE : TEN_MINUTES;
    RetryDelay chosen = byAttempts;
    while (chosen != TEN_MINUTES && chosen.duration.compareTo(atLeast) < 0) {
      chosen = values()[chosen.ordinal() + 1];
    }
    return chosen;
  }
}
