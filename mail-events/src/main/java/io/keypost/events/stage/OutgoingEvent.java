package io.keypost.events.stage;

import io.keypost.events.Topics;
import io.keypost.protocol.Bytes;

/**
 * One event about to be written.
 *
 * @param topic where to
 * @param key what orders it; see {@link Topics#key()}
 * @param value the encoded event
 * @param headers what travels beside it
 */
public record OutgoingEvent(Topics topic, Bytes key, Bytes value, EventHeaders headers) {}
