package io.keypost.delivery.custody;

/** Where the means to sign receipts come from: a service may start before it is enrolled. */
public interface ReceiptSigning {

  /**
   * What signs receipts now.
   *
   * @throws NotEnrolledException as long as this service has no receipt certificate
   */
  ReceiptFactory require();

  /** Whether there is anything to sign with. */
  boolean isEnrolled();

  /** The service has no receipt certificate yet. */
  final class NotEnrolledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With the one sentence that says what to do. */
    public NotEnrolledException() {
      super("this service has no receipt certificate: run keypost server enrol");
    }
  }
}
