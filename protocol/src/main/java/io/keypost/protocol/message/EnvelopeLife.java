package io.keypost.protocol.message;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;

/** How long an envelope may live, and whether it still does (KP-ENV-7, KP-ENV-8, T24). */
public final class EnvelopeLife {
  /** How far the sender's clock may be ahead of this one. */
  public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  /** Longest time from creation to expiry. */
  public static final Duration MAX_LIFE = Duration.ofDays(7);

  private EnvelopeLife() {}

  /**
   * Refuses an envelope from the future, and one whose life is no life.
   *
   * @throws RefusedException {@code created_in_future}, which says that the sender's clock or this
   *     one is wrong, or {@code life_too_long}
   */
  public static void check(Envelope envelope, Instant now) {
    Duration ahead = Duration.between(now, envelope.created());
    if (ahead.compareTo(MAX_AHEAD) > 0) {
      throw RefusedException.of(
          RefusalCode.CREATED_IN_FUTURE,
          "the sender's clock is " + ahead.toSeconds() + " s ahead of this server's " + now);
    }
    Duration life = Duration.between(envelope.created(), envelope.expires());
    if (life.compareTo(Duration.ZERO) <= 0 || life.compareTo(MAX_LIFE) > 0) {
      throw RefusedException.of(
          RefusalCode.LIFE_TOO_LONG,
          "expires " + life.toSeconds() + " s after created; 1 s to 7 days are allowed");
    }
  }

  /** Whether nothing may be delivered any more: from {@code expires} on. */
  public static boolean isExpired(Envelope envelope, Instant now) {
    return !now.isBefore(envelope.expires());
  }
}
