package io.keypost.delivery.custody;

import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.SignedEnvelope;

/**
 * An envelope that this provider accepted and has to bring to an end.
 *
 * @param sealed envelope and signature as carried
 * @param facts what its outcome says about it
 * @param payload where its payload lies
 * @param returnOperator operator that it came from, which its receipt goes back to: the own one for
 *     a submission
 */
public record HeldMail(
    SignedEnvelope sealed, MailFacts facts, PayloadLocation payload, MailDomain returnOperator) {

  /** Takes the facts from the envelope. */
  public static HeldMail of(
      SignedEnvelope sealed, PayloadLocation payload, MailDomain returnOperator) {
    Envelope envelope = sealed.envelope();
    EnvelopeKey key = new EnvelopeKey(envelope.recipient(), sealed.envelopeDigest());
    return new HeldMail(
        sealed,
        new MailFacts(key, envelope.messageId(), envelope.sender(), envelope.expires()),
        payload,
        returnOperator);
  }

  /** What its outcome is unique by. */
  public EnvelopeKey key() {
    return facts.key();
  }
}
