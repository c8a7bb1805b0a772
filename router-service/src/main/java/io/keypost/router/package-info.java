/**
 * The router: where a verified envelope goes (KP-RTE): to a mailbox here, to a server there, or
 * back to the sender with a typed reason. {@link io.keypost.router.Routing} decides, {@link
 * io.keypost.router.RoutingStage} knows the order of things; everything else is wiring.
 */
@NullMarked
package io.keypost.router;

import org.jspecify.annotations.NullMarked;
