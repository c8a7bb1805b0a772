package io.keypost.protocol.openpgp;

import io.keypost.protocol.Digest;
import io.keypost.protocol.message.SignedEnvelope;
import java.util.List;

/**
 * A message that was sealed; its payload went to the caller's stream.
 *
 * @param envelopes one for each recipient, in the request's order
 * @param payloadDigest SHA-256 of the payload
 * @param payloadSize octets of payload
 */
public record SealedMessage(
    List<SignedEnvelope> envelopes, Digest payloadDigest, long payloadSize) {
  /** Copies the list. */
  public SealedMessage {
    envelopes = List.copyOf(envelopes);
  }
}
