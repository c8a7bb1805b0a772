/**
 * The front door (docs/protocol.md, "Submissions and transfers"): takes messages from this
 * provider's users and from other operators' servers, and receipts. It says who is calling and
 * bounds what they may send, stores each payload while it streams in, writes the event and only
 * then answers. {@link io.keypost.ingress.AcceptanceStage} has the life of a message here, {@link
 * io.keypost.ingress.ReceiptStage} that of a receipt; {@code http} and {@code store} are adapters
 * that call them.
 */
@NullMarked
package io.keypost.ingress;

import org.jspecify.annotations.NullMarked;
