package io.keypost.payloads;

import org.jspecify.annotations.Nullable;

/** A payload could not be written or read. */
public final class PayloadStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Failure failure;

  /** Why, and what the caller should do. */
  public enum Failure {
    /** Too many payloads are being written: come again. */
    BUSY,
    /** The store does not take or give data (full, away, an I/O error): come again. */
    UNAVAILABLE,
    /**
     * The reference points past what can be seen of the segment: on a shared volume temporary, come
     * again.
     */
    NOT_YET_VISIBLE,
    /**
     * The segment does not exist (any more): whoever holds the reference in a database asks there
     * again.
     */
    GONE,
    /** What was read is not what was written: its digest differs. Never deliver it. */
    CORRUPT,
    /** Other than the declared number of octets were written. */
    SIZE_DIFFERS,
    /** The writer was aborted, or the store is closed. */
    CLOSED
  }

  /** A failure without another one behind it. */
  public PayloadStoreException(Failure failure, String message) {
    this(failure, message, null);
  }

  /** A failure with its cause. */
  public PayloadStoreException(Failure failure, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  /** The class of the failure. */
  public Failure failure() {
    return failure;
  }
}
