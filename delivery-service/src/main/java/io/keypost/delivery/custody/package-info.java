/**
 * Who holds an envelope decides how it ends (docs/protocol.md, "Outcomes"): the envelope as
 * delivery holds it, the terminal outcomes, the rules between them, and the receipts that say so.
 * Values and decisions only; {@code store} makes them durable.
 */
@NullMarked
package io.keypost.delivery.custody;

import org.jspecify.annotations.NullMarked;
