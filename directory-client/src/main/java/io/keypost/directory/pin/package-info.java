/**
 * Whether the pin that DNS shows may be followed (docs/protocol.md, "DNS: the pin"): what is
 * remembered of a domain's root, and the one decision about going on from it.
 */
@NullMarked
package io.keypost.directory.pin;

import org.jspecify.annotations.NullMarked;
