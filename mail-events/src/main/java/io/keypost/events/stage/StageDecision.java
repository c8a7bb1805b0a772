package io.keypost.events.stage;

import io.keypost.protocol.refusal.Refusal;
import java.time.Duration;
import java.util.List;

/** What a stage decided about one event. */
public sealed interface StageDecision {

  /**
   * Done: these events say what is next; none for an event that needs nothing more.
   *
   * @param events written before the event's offset is committed
   */
  record Emit(List<OutgoingEvent> events) implements StageDecision {
    /** Copies the list. */
    public Emit {
      events = List.copyOf(events);
    }

    /** One event. */
    public static Emit of(OutgoingEvent event) {
      return new Emit(List.of(event));
    }
  }

  /**
   * Not now: put aside to a retry topic.
   *
   * @param atLeast how long to wait at least
   * @param why a refusal code or a word for the log
   */
  record Retry(Duration atLeast, String why) implements StageDecision {

    /** As long as a typed refusal asks. */
    public static Retry of(Refusal.RetryAfter refusal) {
      return new Retry(refusal.after(), refusal.code().wire());
    }
  }

  /**
   * Never: to the dead letters.
   *
   * @param reason the class of the failure
   * @param error what went wrong, without secrets
   */
  record GiveUp(DeadLetterReason reason, String error) implements StageDecision {}
}
