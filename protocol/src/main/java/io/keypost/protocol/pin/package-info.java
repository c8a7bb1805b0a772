/**
 * The pin: what a domain says of itself in DNS (docs/protocol.md, "DNS: the pin", KP-PIN). Only its
 * text is read and written here; looking it up is the work of the directory client.
 */
@NullMarked
package io.keypost.protocol.pin;

import org.jspecify.annotations.NullMarked;
