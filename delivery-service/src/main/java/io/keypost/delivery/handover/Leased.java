package io.keypost.delivery.handover;

import io.keypost.delivery.custody.HeldMail;
import java.util.UUID;

/**
 * An envelope that one worker may work on until its lease ends.
 *
 * @param lease names this piece of work: what a worker reports later counts only under it
 * @param attempts how often it was tried before
 * @param doubt whether an earlier attempt may have handed it over
 */
public record Leased(
    HeldMail mail, Destination destination, UUID lease, int attempts, Doubt doubt) {}
