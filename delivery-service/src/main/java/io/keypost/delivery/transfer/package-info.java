/**
 * Hands envelopes over to the servers of other operators (docs/protocol.md, "Submissions and
 * transfers", "Routing"): {@link io.keypost.delivery.transfer.TransferStage} queues what the router
 * sent on, {@link io.keypost.delivery.transfer.TransferWorker} hands over what is due until it is
 * accepted, refused or expired.
 */
@NullMarked
package io.keypost.delivery.transfer;

import org.jspecify.annotations.NullMarked;
