package io.keypost.delivery.custody;

import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.address.MailDomain;

/** From events to what delivery holds. */
public final class Mails {
  private Mails() {}

  /**
   * Takes custody of an envelope.
   *
   * @param self this operator, whose ingress takes the receipts of its own users
   */
  public static HeldMail held(SealedMail mail, Arrival arrival, MailDomain self) {
    MailDomain returnOperator =
        switch (arrival) {
          case Arrival.FromUser _ -> self;
          case Arrival.FromPeer peer -> peer.operator();
        };
    return HeldMail.of(mail.envelope(), mail.payload(), returnOperator);
  }
}
