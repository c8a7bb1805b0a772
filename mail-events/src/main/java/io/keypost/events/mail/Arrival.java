package io.keypost.events.mail;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import java.time.Instant;

/** How a message came in. */
public sealed interface Arrival {

  /**
   * When payload and event were about to be durable, by the ingress's clock, in whole milliseconds.
   */
  Instant acceptedAt();

  /**
   * Since when the envelope has existed for certain: its sender's word, but a clock that is ahead
   * counts no further than the ingress's. A record fetched at that instant or later says all that
   * the sender may have seen.
   */
  default Instant existedAt(Envelope envelope) {
    return envelope.created().isBefore(acceptedAt()) ? envelope.created() : acceptedAt();
  }

  /**
   * A user of this provider submitted it with an access token.
   *
   * @param user the token's subject, which the envelope's sender was checked against
   * @param acceptedAt when
   */
  record FromUser(Address user, Instant acceptedAt) implements Arrival {}

  /**
   * Another operator's server transferred it.
   *
   * @param operator named by the server's certificate, which was checked against that domain's
   *     pinned root and servers record; the envelope's sender domain names this operator
   * @param certificate SHA-256 of the server's certificate (DER)
   * @param acceptedAt when
   */
  record FromPeer(MailDomain operator, Digest certificate, Instant acceptedAt) implements Arrival {}
}
