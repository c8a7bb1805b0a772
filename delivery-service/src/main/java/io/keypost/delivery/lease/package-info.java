/**
 * Leases: what one process works on is kept from all others while it lives, and no longer. The one
 * mechanism for every queue in PostgreSQL that replicas share.
 */
@NullMarked
package io.keypost.delivery.lease;

import org.jspecify.annotations.NullMarked;
