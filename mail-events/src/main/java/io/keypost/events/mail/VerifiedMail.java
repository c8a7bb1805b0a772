package io.keypost.events.mail;

/**
 * {@code mail.verified}: the sender is who the envelope says, and the payload is the one that was
 * signed.
 *
 * @param mail what was accepted
 * @param arrival how it came in
 * @param verification what proved it
 */
public record VerifiedMail(SealedMail mail, Arrival arrival, Verification verification) {}
