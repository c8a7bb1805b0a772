package io.keypost.ingress;

import io.keypost.protocol.message.Head;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.util.Optional;

/**
 * Whether a frame may come in, by its head and its caller alone (KP-TRF). What depends on the
 * caller is refused in the answer and never becomes an outcome: a stranger who relays a genuine
 * envelope must block nothing.
 *
 * @param maxPayloadOctets largest payload that this provider takes
 */
public record Admission(long maxPayloadOctets) {

  /** Checks the bound. */
  public Admission {
    if (maxPayloadOctets < 1) {
      throw new IllegalArgumentException("keypost.payloads.max-payload-bytes is at least 1");
    }
  }

  /**
   * What refuses the frame. For a peer this leaves one question open: whether the sender's domain
   * names the peer's operator.
   *
   * @return {@code payload_too_large}, {@code sender_not_token} or nothing
   */
  public Optional<Refusal> refuses(Head head, Caller caller) {
    if (head.payloadSize() > maxPayloadOctets) {
      return Optional.of(
          Refusal.of(
              RefusalCode.PAYLOAD_TOO_LARGE,
              head.payloadSize() + " octets, at most " + maxPayloadOctets));
    }
    return switch (caller) {
      case Caller.User(var subject) when !head.sender().equals(subject) ->
          Optional.of(
              Refusal.of(RefusalCode.SENDER_NOT_TOKEN, "the token was given to " + subject));
      case Caller.User _, Caller.Peer _ -> Optional.empty();
    };
  }
}
