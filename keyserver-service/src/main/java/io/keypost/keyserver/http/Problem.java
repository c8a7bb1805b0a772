package io.keypost.keyserver.http;

import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * An error as RFC 9457 says it, with the protocol's stable code. The type is {@code about:blank}:
 * {@code code} is what programs look at.
 *
 * @param type always {@code about:blank}
 * @param title what the code means
 * @param status HTTP status
 * @param code code of {@link RefusalCode}
 * @param detail what was wrong, in words
 */
public record Problem(String type, String title, int status, String code, String detail) {
  /** RFC 9457 section 3. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** The problem that tells of {@code refusal}. */
  public static Problem of(Refusal refusal) {
    RefusalCode code = refusal.code();
    return new Problem(
        "about:blank", code.text(), RefusalStatus.of(code), code.wire(), refusal.detail());
  }

  /** How long the caller is to wait; empty when waiting does not help. */
  public static Optional<Duration> retryAfter(Refusal refusal) {
    return refusal instanceof Refusal.RetryAfter later
        ? Optional.of(later.after())
        : Optional.empty();
  }
}
