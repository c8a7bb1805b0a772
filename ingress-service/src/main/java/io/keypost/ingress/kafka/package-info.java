/** What the front door needs to know of the event bus beside writing to it. */
@NullMarked
package io.keypost.ingress.kafka;

import org.jspecify.annotations.NullMarked;
