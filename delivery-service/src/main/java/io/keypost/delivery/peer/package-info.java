/**
 * Which of an operator's servers is used (docs/protocol.md, "Routing": server choice), for
 * transfers and for receipts alike: the choice, and what was observed of the servers so far.
 */
@NullMarked
package io.keypost.delivery.peer;

import org.jspecify.annotations.NullMarked;
