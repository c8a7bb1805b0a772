package io.keypost.events.stage;

import java.time.Instant;

/**
 * An event as read.
 *
 * @param event what was decoded
 * @param headers what travelled beside it
 * @param appendedAt when the broker took it, by the broker's clock
 * @param <T> the event
 */
public record IncomingEvent<T>(T event, EventHeaders headers, Instant appendedAt) {}
