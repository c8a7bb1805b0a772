package io.keypost.events.stage;

import io.keypost.events.Topics;
import io.keypost.protocol.Bytes;

/**
 * Octets to event and back, strictly, for the one type of event that a topic holds.
 *
 * @param <T> the event
 */
public interface EventCodec<T> {

  /** The topic that holds these events. */
  Topics topic();

  /** The octets of an event. */
  Bytes encode(T event);

  /**
   * The event in these octets.
   *
   * @throws UndecodableEventException if they are not exactly one: unknown fields, missing fields,
   *     values out of bounds
   */
  T decode(byte[] octets);

  /** What the event is keyed by ({@link Topics#key()}). */
  Bytes key(T event);

  /** The event ready to be written. */
  default OutgoingEvent outgoing(T event, EventHeaders headers) {
    return new OutgoingEvent(topic(), key(event), encode(event), headers);
  }
}
