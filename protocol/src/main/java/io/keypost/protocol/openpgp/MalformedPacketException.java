package io.keypost.protocol.openpgp;

/**
 * Octets that are not what the profile takes. Never leaves the package: callers turn it into a
 * typed refusal.
 */
final class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String detail;

  MalformedPacketException(String detail) {
    super(detail);
    this.detail = detail;
  }

  /** What was wrong, in words. */
  String detail() {
    return detail;
  }
}
