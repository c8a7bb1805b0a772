package io.keypost.events.stage;

import io.keypost.events.KafkaSettings;
import io.keypost.events.RetryTopics;
import java.time.Duration;

/**
 * How a stage treats its events.
 *
 * @param stage its name in logs, metrics and dead letters
 * @param retries where it puts aside what must wait
 * @param decisionTimeout longest time for one decision; then the event is put aside, so that one
 *     slow key server holds up nobody else
 * @param maxFaults tries that may end in an unexpected error before an event is a dead letter, at
 *     least 1
 */
public record StageSettings(
    String stage, RetryTopics retries, Duration decisionTimeout, int maxFaults) {

  /** Enough for a few look-ups one after the other. */
  public static final Duration DEFAULT_DECISION_TIMEOUT = Duration.ofSeconds(20);

  /**
   * With the delays of {@link io.keypost.events.RetryDelay}: some two and a half minutes of tries.
   */
  public static final int DEFAULT_MAX_FAULTS = 5;

  /**
   * Checks the bounds, and that a decision and its writing end before the stage counts as stuck.
   */
  public StageSettings {
    if (maxFaults < 1) {
      throw new IllegalArgumentException("maxFaults is at least 1");
    }
    if (decisionTimeout.isNegative()
        || decisionTimeout
                .plus(KafkaSettings.DELIVERY_TIMEOUT)
                .compareTo(KafkaSettings.UNPROCESSED_RECORD_MAX_AGE)
            >= 0) {
      throw new IllegalArgumentException(
          "a decision and its writing must end within " + KafkaSettings.UNPROCESSED_RECORD_MAX_AGE);
    }
  }

  /** With the defaults. */
  public static StageSettings of(String stage, RetryTopics retries) {
    return new StageSettings(stage, retries, DEFAULT_DECISION_TIMEOUT, DEFAULT_MAX_FAULTS);
  }
}
