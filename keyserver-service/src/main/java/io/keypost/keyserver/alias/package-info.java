/**
 * Aliases and the consent of their targets (docs/protocol.md, "Signed records"): nobody is made the
 * target of an alias against his will (T11).
 */
@NullMarked
package io.keypost.keyserver.alias;

import org.jspecify.annotations.NullMarked;
