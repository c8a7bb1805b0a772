package io.keypost.ingress.http;

/** What the front door answers beside the status of a refusal. */
final class HttpStatus {
  static final int ACCEPTED = 202;
  static final int BAD_REQUEST = 400;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int UNSUPPORTED_MEDIA_TYPE = 415;
  static final int VERSION_NOT_SUPPORTED = 505;

  private HttpStatus() {}
}
