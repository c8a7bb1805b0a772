package io.keypost.delivery.handover;

import java.time.Instant;

/**
 * An attempt that did not hand over.
 *
 * @param notBefore when to try again
 * @param problem why, for operators; at most 500 characters
 * @param doubt what is known after it
 */
public record Postponed(Leased work, Instant notBefore, String problem, Doubt doubt) {}
