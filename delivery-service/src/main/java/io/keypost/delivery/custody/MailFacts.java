package io.keypost.delivery.custody;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import java.time.Instant;

/**
 * What an outcome and its receipt say about an envelope.
 *
 * @param key recipient and digest
 * @param messageId the sender's name for the message
 * @param sender canonical address in the envelope
 * @param expires end of its life
 */
public record MailFacts(EnvelopeKey key, MessageId messageId, Address sender, Instant expires) {}
