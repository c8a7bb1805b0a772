package io.keypost.client;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;

/**
 * A message that the own provider has accepted for one recipient: payload and event are durable
 * there.
 *
 * @param recipient the mailbox, after every alias was followed
 * @param addressedAs what was written to
 * @param envelopeDigest names it in receipts
 */
public record SentMessage(
    MessageId messageId, Address recipient, Address addressedAs, Digest envelopeDigest) {}
