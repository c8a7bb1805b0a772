package io.keypost.events;

import java.time.Duration;
import java.util.List;

/**
 * The retry topics of one topic, and the settings of their consumers.
 *
 * @param source the topic whose records may be put aside
 * @param tenSeconds its retry topic of that delay
 * @param oneMinute its retry topic of that delay
 * @param tenMinutes its retry topic of that delay
 */
public record RetryTopics(Topics source, Topics tenSeconds, Topics oneMinute, Topics tenMinutes) {

  /** For {@link Topics#MAIL_ACCEPTED}, used by the verifier. */
  public static final RetryTopics ACCEPTED =
      new RetryTopics(
          Topics.MAIL_ACCEPTED,
          Topics.MAIL_ACCEPTED_RETRY_10S,
          Topics.MAIL_ACCEPTED_RETRY_1M,
          Topics.MAIL_ACCEPTED_RETRY_10M);

  /** For {@link Topics#MAIL_VERIFIED}, used by the router. */
  public static final RetryTopics VERIFIED =
      new RetryTopics(
          Topics.MAIL_VERIFIED,
          Topics.MAIL_VERIFIED_RETRY_10S,
          Topics.MAIL_VERIFIED_RETRY_1M,
          Topics.MAIL_VERIFIED_RETRY_10M);

  /** Most records a consumer of a retry topic holds while they wait ({@code max.poll.records}). */
  public static final int MAX_POLL_RECORDS = 100;

  /** The topic for this delay. */
  public Topics of(RetryDelay delay) {
    return switch (delay) {
      case TEN_SECONDS -> tenSeconds;
      case ONE_MINUTE -> oneMinute;
      case TEN_MINUTES -> tenMinutes;
    };
  }

  /** All three, shortest delay first. */
  public List<Topics> all() {
    return List.of(tenSeconds, oneMinute, tenMinutes);
  }

  /**
   * {@code throttled.unprocessed-record-max-age.ms} of the consumer of the topic for this delay:
   * records lie unacknowledged while they wait.
   */
  public static Duration unprocessedRecordMaxAge(RetryDelay delay) {
    return KafkaSettings.UNPROCESSED_RECORD_MAX_AGE.plus(delay.duration());
  }
}
