package io.keypost.delivery.jmap;

/** A method-level error (RFC 8620 section 3.6.2): answered in place of the method's result. */
final class MethodError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Type type;

  /** The errors that a method here may end with. */
  enum Type {
    /** No such method, or none that this server could do. */
    UNKNOWN_METHOD("unknownMethod"),
    /** Arguments of the wrong type, missing, or not known. */
    INVALID_ARGUMENTS("invalidArguments"),
    /** A reference to an earlier result that leads nowhere. */
    INVALID_RESULT_REFERENCE("invalidResultReference"),
    /** Another's account, or none. */
    ACCOUNT_NOT_FOUND("accountNotFound"),
    /** More than the session's limits say. */
    REQUEST_TOO_LARGE("requestTooLarge"),
    /** A filter that would need the plaintext (RFC 8620 section 5.5). */
    UNSUPPORTED_FILTER("unsupportedFilter"),
    /** A sort that would need the plaintext (RFC 8620 section 5.5). */
    UNSUPPORTED_SORT("unsupportedSort"),
    /** A state that this server never gave (RFC 8620 section 5.2). */
    CANNOT_CALCULATE_CHANGES("cannotCalculateChanges"),
    /** A fault of this server. */
    SERVER_FAIL("serverFail");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  MethodError(Type type, String description) {
    super(description);
    this.type = type;
  }

  Type type() {
    return type;
  }

  String description() {
    return String.valueOf(getMessage());
  }

  static MethodError invalid(String description) {
    return new MethodError(Type.INVALID_ARGUMENTS, description);
  }
}
