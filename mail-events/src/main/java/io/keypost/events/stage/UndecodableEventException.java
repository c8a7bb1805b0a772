package io.keypost.events.stage;

import org.jspecify.annotations.Nullable;

/** The octets of a record are not the event that its topic holds. */
public final class UndecodableEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final DeadLetterReason reason;

  /** For octets that are refused as they stand. */
  public UndecodableEventException(DeadLetterReason reason, String message) {
    this(reason, message, null);
  }

  /** For octets that some reader refused. */
  public UndecodableEventException(
      DeadLetterReason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The class of the failure. */
  public DeadLetterReason reason() {
    return reason;
  }
}
