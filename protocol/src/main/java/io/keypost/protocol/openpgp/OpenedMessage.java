package io.keypost.protocol.openpgp;

import io.keypost.protocol.message.Envelope;

/**
 * A message of which both signatures, the sender's and the reader's identity, the digest and every
 * tag were verified; there is no such object for one that failed any of it.
 *
 * <p>What only a reader of MIME can check is left to the caller: that the message's {@code
 * Keypost-Id} and From agree with the envelope.
 *
 * @param envelope what the sender signed
 * @param outer the signature over the envelope
 * @param inner the signature over the content, which names the reader as an intended recipient
 * @param content the message, as the spool hands it over
 */
public record OpenedMessage<T>(
    Envelope envelope, SignatureVerdict outer, SignatureVerdict inner, T content) {}
