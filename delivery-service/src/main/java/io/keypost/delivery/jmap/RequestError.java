package io.keypost.delivery.jmap;

/** A request-level error (RFC 8620 section 3.6.1): the whole request is answered by a problem. */
final class RequestError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Type type;

  /** The errors that the standard has. */
  enum Type {
    /** A capability that this server does not have. */
    UNKNOWN_CAPABILITY("urn:ietf:params:jmap:error:unknownCapability"),
    /** No JSON. */
    NOT_JSON("urn:ietf:params:jmap:error:notJSON"),
    /** JSON, but no request. */
    NOT_REQUEST("urn:ietf:params:jmap:error:notRequest"),
    /** More than a limit of the session. */
    LIMIT("urn:ietf:params:jmap:error:limit");

    private final String uri;

    Type(String uri) {
      this.uri = uri;
    }

    String uri() {
      return uri;
    }
  }

  /**
   * An error.
   *
   * @param detail in words; for {@link Type#LIMIT} the name of the limit
   */
  RequestError(Type type, String detail) {
    super(detail);
    this.type = type;
  }

  Type type() {
    return type;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
