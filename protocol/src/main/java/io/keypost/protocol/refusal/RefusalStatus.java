package io.keypost.protocol.refusal;

/**
 * The HTTP status of a request that was refused as a whole: one table for every public port
 * (KP-REF-6). The code in the body is what a program reads; the status is for what stands between.
 */
public final class RefusalStatus {
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private RefusalStatus() {}

  /** The status that goes with {@code code}. */
  public static int of(RefusalCode code) {
    return switch (code.kind()) {
      case RETRY_AFTER -> ofTemporary(code);
      case NEEDS_CLIENT -> CONFLICT;
      case PERMANENT -> ofPermanent(code);
    };
  }

  private static int ofTemporary(RefusalCode code) {
    return switch (code) {
      // Of one caller, or one target: the server itself is there, which 503 would deny.
      case RATE_LIMITED, CONSENT_SUSPENDED -> TOO_MANY_REQUESTS;
      default -> UNAVAILABLE;
    };
  }

  private static int ofPermanent(RefusalCode code) {
    return switch (code) {
      case UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, CERTIFICATE_MISSING -> UNAUTHORIZED;
      case FORBIDDEN,
          SENDER_NOT_TOKEN,
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
          RefusalStatus.FORBIDDEN;
      case NOT_FOUND -> RefusalStatus.NOT_FOUND;
      case CONFLICT, CONSENT_MISSING -> RefusalStatus.CONFLICT;
      case PAYLOAD_TOO_LARGE, HEAD_TOO_LARGE -> CONTENT_TOO_LARGE;
      default -> BAD_REQUEST;
    };
  }

  /**
   * The code for what an HTTP layer refused by itself with {@code status}: no such path, method or
   * media type, a body too large, a fault.
   */
  public static RefusalCode codeFor(int status) {
    return switch (status) {
      case NOT_FOUND -> RefusalCode.NOT_FOUND;
      case CONTENT_TOO_LARGE -> RefusalCode.PAYLOAD_TOO_LARGE;
      default -> status < INTERNAL_ERROR ? RefusalCode.MALFORMED_REQUEST : RefusalCode.UNAVAILABLE;
    };
  }
}
