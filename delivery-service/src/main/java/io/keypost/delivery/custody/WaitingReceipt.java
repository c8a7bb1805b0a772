package io.keypost.delivery.custody;

import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.UUID;

/**
 * A receipt that one worker may post until its lease ends.
 *
 * @param senderDomain domain whose operator takes it
 * @param operator that the envelope came from
 * @param attempts how often it was tried before
 * @param giveUpAt when it is not worth posting any more
 * @param lease names this piece of work: what a worker reports later counts only under it
 */
public record WaitingReceipt(
    EnvelopeKey key,
    MailDomain senderDomain,
    MailDomain operator,
    String receipt,
    ReceiptChain chain,
    int attempts,
    Instant giveUpAt,
    UUID lease) {}
