/** The router's channels: batches in, acknowledged when all that was decided is written. */
@NullMarked
package io.keypost.router.kafka;

import org.jspecify.annotations.NullMarked;
