package io.keypost.events.stage;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What travels beside an event. All values are text in US-ASCII; a header that cannot be read
 * counts as absent, since none of them decides about the mail itself.
 *
 * @param messageId base64url of the envelope's message id (22 characters), for logs; absent when no
 *     envelope could be read
 * @param traceparent the W3C trace context of a sampled message
 * @param attempts how often a stage has tried this event before and put it aside, 0 at first
 * @param faults how many of these tries ended in an unexpected error
 * @param notBefore when a retry is due
 * @param firstFailedAt when it was put aside for the first time
 * @param why the refusal code or error of the last try
 */
public record EventHeaders(
    Optional<String> messageId,
    Optional<String> traceparent,
    int attempts,
    int faults,
    Optional<Instant> notBefore,
    Optional<Instant> firstFailedAt,
    Optional<String> why) {

  /** The schema version of the value; another one is dead-lettered unread. */
  public static final String VERSION = "keypost-version";

  /** The schema version that this code writes and reads. */
  public static final String CURRENT_VERSION = "1";

  static final String MESSAGE_ID = "keypost-message-id";
  static final String TRACEPARENT = "traceparent";
  static final String ATTEMPTS = "keypost-attempts";
  static final String FAULTS = "keypost-faults";
  static final String NOT_BEFORE = "keypost-not-before-ms";
  static final String FIRST_FAILED_AT = "keypost-first-failed-at-ms";
  static final String WHY = "keypost-why";

  private static final int MAX_VALUE_OCTETS = 200;
  private static final Pattern MESSAGE_ID_FORM = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Pattern TRACEPARENT_FORM =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  private static final Pattern NUMBER_FORM = Pattern.compile("[0-9]{1,18}");

  /** Headers of an event that nothing has happened to. */
  public static EventHeaders none() {
    return new EventHeaders(
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Headers of a new event about this message (base64url id), as part of this trace if there is
   * one.
   */
  public static EventHeaders of(String messageId, Optional<String> traceparent) {
    return new EventHeaders(
        Optional.of(messageId),
        traceparent,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** What the next stage's event carries on: message and trace, nothing of the retries here. */
  public EventHeaders passedOn() {
    return new EventHeaders(
        messageId, traceparent, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** As put aside at {@code now} until {@code due}. */
  EventHeaders putAside(Instant now, Instant due, String reason, Failure failure) {
    return new EventHeaders(
        messageId,
        traceparent,
        attempts + 1,
        failure == Failure.UNEXPECTED ? faults + 1 : faults,
        Optional.of(due),
        Optional.of(firstFailedAt.orElse(now)),
        Optional.of(reason));
  }

  /** Why something was put aside. */
  enum Failure {
    /** A typed refusal that asks to wait. */
    EXPECTED,
    /** An error of this program or an answer that never came. */
    UNEXPECTED
  }

  /** Reads a record's headers; the last of several with one name counts. */
  public static EventHeaders read(Headers headers) {
    return new EventHeaders(
        text(headers, MESSAGE_ID, MESSAGE_ID_FORM),
        text(headers, TRACEPARENT, TRACEPARENT_FORM),
        (int) Math.min(Integer.MAX_VALUE - 1L, number(headers, ATTEMPTS).orElse(0L)),
        (int) Math.min(Integer.MAX_VALUE - 1L, number(headers, FAULTS).orElse(0L)),
        number(headers, NOT_BEFORE).map(Instant::ofEpochMilli),
        number(headers, FIRST_FAILED_AT).map(Instant::ofEpochMilli),
        text(headers, WHY, null));
  }

  /** The schema version that a record's headers name. */
  static Optional<String> version(Headers headers) {
    return text(headers, VERSION, null);
  }

  /** As Kafka headers, with {@link #CURRENT_VERSION}. */
  public Headers write() {
    Headers headers = new RecordHeaders();
    add(headers, VERSION, CURRENT_VERSION);
    messageId.ifPresent(value -> add(headers, MESSAGE_ID, value));
    traceparent.ifPresent(value -> add(headers, TRACEPARENT, value));
    if (attempts > 0) {
      add(headers, ATTEMPTS, Integer.toString(attempts));
    }
    if (faults > 0) {
      add(headers, FAULTS, Integer.toString(faults));
    }
    notBefore.ifPresent(value -> add(headers, NOT_BEFORE, Long.toString(value.toEpochMilli())));
    firstFailedAt.ifPresent(
        value -> add(headers, FIRST_FAILED_AT, Long.toString(value.toEpochMilli())));
    why.ifPresent(
        value ->
            add(
                headers,
                WHY,
                value.length() <= MAX_VALUE_OCTETS ? value : value.substring(0, MAX_VALUE_OCTETS)));
    return headers;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.US_ASCII));
  }

  private static Optional<String> text(Headers headers, String name, @Nullable Pattern form) {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null || header.value().length > MAX_VALUE_OCTETS) {
      return Optional.empty();
    }
    String value = new String(header.value(), StandardCharsets.US_ASCII);
    return form == null || form.matcher(value).matches() ? Optional.of(value) : Optional.empty();
  }

  private static Optional<Long> number(Headers headers, String name) {
    return text(headers, name, NUMBER_FORM).map(Long::parseLong);
  }
}
