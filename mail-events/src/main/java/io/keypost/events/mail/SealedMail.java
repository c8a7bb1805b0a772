package io.keypost.events.mail;

import io.keypost.events.stage.EventHeaders;
import io.keypost.protocol.message.SignedEnvelope;
import java.util.Optional;

/**
 * An envelope exactly as it was signed, and the place of its payload: what every stage passes on
 * unchanged.
 *
 * @param envelope as carried, well formed; whether its signature is good is the verifier's question
 * @param payload where the payload lies
 */
public record SealedMail(SignedEnvelope envelope, PayloadLocation payload) {

  /** Headers of an event about this mail. */
  public EventHeaders headers(Optional<String> traceparent) {
    return EventHeaders.of(envelope.envelope().messageId().base64Url(), traceparent);
  }
}
