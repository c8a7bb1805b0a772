/** Kafka for delivery's stages: whole batches into PostgreSQL, poison into the dead letters. */
@NullMarked
package io.keypost.delivery.kafka;

import org.jspecify.annotations.NullMarked;
