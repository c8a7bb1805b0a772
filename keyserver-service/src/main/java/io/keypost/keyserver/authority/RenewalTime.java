package io.keypost.keyserver.authority;

import java.time.Duration;
import java.time.Instant;

/** When something with an end is to be made anew: once less than a third of its life is left. */
public final class RenewalTime {
  private RenewalTime() {}

  /** Whether what lives {@code life} and ends at {@code end} is due at {@code now}. */
  public static boolean isDue(Instant end, Duration life, Instant now) {
    return Duration.between(now, end).multipliedBy(3).compareTo(life) < 0;
  }
}
