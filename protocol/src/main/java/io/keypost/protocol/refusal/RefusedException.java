package io.keypost.protocol.refusal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Carries a {@link Refusal}. The only exception that hostile bytes or a peer's mistake may cause;
 * any other exception is a fault of this program.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** Wraps a refusal. */
  public RefusedException(Refusal refusal) {
    this(refusal, null);
  }

  /** Wraps a refusal and what made it necessary, for the log of this side only. */
  public RefusedException(Refusal refusal, @Nullable Throwable cause) {
    super(refusal.code().wire() + ": " + refusal.detail(), cause);
    this.refusal = refusal;
  }

  /** A refusal of the kind that belongs to {@code code}. */
  public static RefusedException of(RefusalCode code, String detail) {
    return new RefusedException(Refusal.of(code, detail));
  }

  /** A refusal of the kind that belongs to {@code code}, with what caused it. */
  public static RefusedException of(RefusalCode code, String detail, Throwable cause) {
    return new RefusedException(Refusal.of(code, detail), cause);
  }

  /** A refusal that says how long to wait; {@code code} must be of kind {@code RETRY_AFTER}. */
  public static RefusedException retryAfter(RefusalCode code, Duration after, String detail) {
    return new RefusedException(new Refusal.RetryAfter(code, after, detail));
  }

  /** What was refused and what to do about it. */
  public Refusal refusal() {
    return refusal;
  }

  /** Whether the same again may succeed later (KP-REF-1). */
  public boolean isTemporary() {
    return refusal instanceof Refusal.RetryAfter;
  }

  /** Short for {@code refusal().code()}. */
  public RefusalCode code() {
    return refusal.code();
  }
}
