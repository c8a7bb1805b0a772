package io.keypost.events.mail;

import io.keypost.protocol.address.Address;

/**
 * {@code mail.routed.mailbox}: the mailbox is here.
 *
 * @param mail what was accepted
 * @param arrival how it came in
 * @param verification what proved it
 * @param mailbox address of the mailbox that takes it ({@code user+tag} is the mailbox {@code
 *     user})
 */
public record RoutedMailbox(
    SealedMail mail, Arrival arrival, Verification verification, Address mailbox) {}
