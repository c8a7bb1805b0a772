/**
 * The Kafka topics between Keypost's stages: one table of them ({@link io.keypost.events.Topics}),
 * what creates and checks them, and the client settings that make "at least once, exactly once in
 * effect" hold (docs/architecture.md, "Kafka topics").
 *
 * <p>{@code io.keypost.events.mail} holds the events themselves, {@code io.keypost.events.stage}
 * what a stage needs to read them in batches and to write what it decided.
 */
@NullMarked
package io.keypost.events;

import org.jspecify.annotations.NullMarked;
