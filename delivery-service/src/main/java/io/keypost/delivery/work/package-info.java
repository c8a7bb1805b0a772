/**
 * How delivery's work runs: loops that do what is due until the service stops, and how long a
 * failing piece of work pauses. Knows nothing of mail.
 */
@NullMarked
package io.keypost.delivery.work;

import org.jspecify.annotations.NullMarked;
