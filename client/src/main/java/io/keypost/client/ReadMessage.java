package io.keypost.client;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.openpgp.SignatureVerdict;
import java.util.List;

/**
 * A message that was found authentic: both signatures, both identities, recipient and id agree
 * (docs/protocol.md, "What is inside"). There is no such object for one that is not: reading that
 * one is refused.
 *
 * @param envelope what the sender signed
 * @param outer the signature over the envelope
 * @param inner the signature inside the encryption
 * @param mime the message that was sent, octet for octet
 * @param checks what was checked, in words
 * @param warnings what the reader should look at himself, in words
 */
public record ReadMessage(
    Envelope envelope,
    SignatureVerdict outer,
    SignatureVerdict inner,
    Bytes mime,
    List<String> checks,
    List<String> warnings) {
  /** Copies the lists. */
  public ReadMessage {
    checks = List.copyOf(checks);
    warnings = List.copyOf(warnings);
  }
}
