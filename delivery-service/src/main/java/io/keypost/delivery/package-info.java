/**
 * Delivery: how every envelope ends. What stands here is the service itself: which roles run, their
 * configuration, and when it is ready. The roles are the packages {@code outcome}, {@code mailbox},
 * {@code transfer} and {@code jmap}; they know nothing of each other and share the values of {@code
 * custody} and the tables of {@code store} (docs/delivery.md).
 */
@NullMarked
package io.keypost.delivery;

import org.jspecify.annotations.NullMarked;
