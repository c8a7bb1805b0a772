/**
 * The provider's memory of pins (docs/protocol.md, KP-PIN-20), and what its services found that a
 * person must look at: roots that nobody announced, records that contradict each other.
 */
@NullMarked
package io.keypost.keyserver.pin;

import org.jspecify.annotations.NullMarked;
