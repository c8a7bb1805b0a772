package io.keypost.events.mail;

/**
 * {@code mail.accepted}: the ingress has custody; form and caller were checked.
 *
 * @param mail what was accepted
 * @param arrival how it came in
 */
public record AcceptedMail(SealedMail mail, Arrival arrival) {}
