package io.keypost.ingress.http;

import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;

/**
 * From a refusal of a whole request to its HTTP status. The code in the body is what a program
 * reads; the status is for what stands between.
 */
final class HttpStatus {
  static final int ACCEPTED = 202;
  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int CONTENT_TOO_LARGE = 413;
  static final int UNSUPPORTED_MEDIA_TYPE = 415;
  static final int TOO_MANY_REQUESTS = 429;
  static final int UNAVAILABLE = 503;
  static final int VERSION_NOT_SUPPORTED = 505;

  private HttpStatus() {}

  static int of(Refusal refusal) {
    return switch (refusal.code()) {
      case UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, CERTIFICATE_MISSING -> UNAUTHORIZED;
      case NOT_FOUND -> NOT_FOUND;
      case MALFORMED_REQUEST -> BAD_REQUEST;
      case RATE_LIMITED -> TOO_MANY_REQUESTS;
      default -> ofOther(refusal.code());
    };
  }

  private static int ofOther(RefusalCode code) {
    return code.kind() == RefusalKind.RETRY_AFTER ? UNAVAILABLE : FORBIDDEN;
  }
}
