/**
 * Payloads, written once and read by reference (docs/architecture.md, "Payloads: stored once, never
 * moved"): the {@link io.keypost.payloads.PayloadStore} and its references. {@code
 * io.keypost.payloads.segment} keeps them in segment files; a second implementation must pass the
 * same contract test.
 */
@NullMarked
package io.keypost.payloads;

import org.jspecify.annotations.NullMarked;
