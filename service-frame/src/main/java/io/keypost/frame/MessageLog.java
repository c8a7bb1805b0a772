package io.keypost.frame;

import io.keypost.events.stage.EventHeaders;
import org.slf4j.MDC;

/** Puts the message id beside every line that is logged about a message. */
public final class MessageLog {
  /** The key under which JSON logs carry the id. */
  public static final String MESSAGE_ID = "messageId";

  private MessageLog() {}

  /** Until closed, lines of this thread are about the message that {@code headers} name. */
  public static MDC.MDCCloseable about(EventHeaders headers) {
    return MDC.putCloseable(MESSAGE_ID, headers.messageId().orElse("none"));
  }
}
