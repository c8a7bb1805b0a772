package io.keypost.events.stage;

import java.util.Locale;

/** Why an event was given up; stands in the dead letter and as a label of the metric. */
public enum DeadLetterReason {
  /** Not the Protobuf message that the topic holds. */
  UNDECODABLE,
  /** It has fields that this version does not know. */
  UNKNOWN_FIELD,
  /** A field is missing or breaks its bounds. */
  INVALID_FIELD,
  /** Of another schema version. */
  FUTURE_VERSION,
  /** The stage failed on it in an unexpected way, time and again. */
  STAGE_FAILED;

  /** As it stands in the event: the constant's name in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
