/**
 * Delivery's PostgreSQL: every SQL statement stands here, beside the table it is for (the schema is
 * V1__custody_and_mailboxes.sql). Plain SQL through Vert.x's client; whole batches of rows go in
 * with one {@code INSERT … SELECT FROM unnest(…)}. Methods block and are called on virtual threads;
 * the caller's transaction decides what becomes durable together.
 */
@NullMarked
package io.keypost.delivery.store;

import org.jspecify.annotations.NullMarked;
