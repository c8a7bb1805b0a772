package io.keypost.keyserver.http;

import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;
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
    return new Problem("about:blank", code.text(), status(code), code.wire(), refusal.detail());
  }

  /** How long the caller is to wait; empty when waiting does not help. */
  public static Optional<Duration> retryAfter(Refusal refusal) {
    return refusal instanceof Refusal.RetryAfter later
        ? Optional.of(later.after())
        : Optional.empty();
  }

  /** HTTP status that goes with a code. */
  static int status(RefusalCode code) {
    return switch (code) {
      case UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, CERTIFICATE_MISSING -> 401;
      case FORBIDDEN,
          CODE_INVALID,
          PROOF_INVALID,
          CERTIFICATE_UNTRUSTED,
          CERTIFICATE_EXPIRED,
          CERTIFICATE_NOT_YET_VALID,
          CERTIFICATE_WRONG_USE,
          CERTIFICATE_WRONG_NAME,
          CERTIFICATE_REVOKED,
          CERTIFICATE_UNLISTED,
          OPERATOR_NOT_NAMED ->
          403;
      case NOT_FOUND -> 404;
      case CONFLICT, CONSENT_MISSING -> 409;
      case PAYLOAD_TOO_LARGE, HEAD_TOO_LARGE -> 413;
      case RATE_LIMITED -> 429;
      default -> code.kind() == RefusalKind.RETRY_AFTER ? 503 : 400;
    };
  }
}
