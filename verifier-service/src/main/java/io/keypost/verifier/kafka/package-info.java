/** The verifier's channels: batches in, acknowledged when all that was decided is written. */
@NullMarked
package io.keypost.verifier.kafka;

import org.jspecify.annotations.NullMarked;
