/**
 * A provider's memory of pins (docs/protocol.md, KP-PIN-20): kept by its own key server, asked by
 * the directories of all its services over mutual TLS. Says nothing about what may be remembered:
 * that is {@link io.keypost.directory.pin.PinContinuity}'s.
 */
@NullMarked
package io.keypost.directory.memory;

import org.jspecify.annotations.NullMarked;
