package io.keypost.verifier;

import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.EnvelopeLife;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The decision on one envelope: a function of the envelope, of who brought it, of the sender's
 * records and of the time. No I/O, no state; the stage looks up and writes.
 *
 * <p>Two steps, because the first needs no look-up: {@link #beforeLookUp} ends what can be ended
 * without asking a key server for anything, so that garbage costs no look-up; {@link #judge} needs
 * the sender's records.
 */
public final class Verification {

  private Verification() {}

  /**
   * What the sender's domain says, verified.
   *
   * @param domain the sender domain's record
   * @param standing of the sender's address
   * @param revokedKeys fingerprints of keys that the domain has revoked
   */
  public record SenderRecords(
      DomainRecord domain, SenderStanding standing, Set<Digest> revokedKeys) {
    private boolean revokes(Bytes fingerprint) {
      return revokedKeys.contains(new Digest(fingerprint));
    }
  }

  /**
   * Whatever can be said without the sender's records: times, and that the event agrees with itself
   * (the ingress compared digests before it answered). Empty when the records are needed.
   */
  public static Optional<Verdict> beforeLookUp(SealedMail mail, Arrival arrival, Instant now) {
    Envelope envelope = mail.envelope().envelope();
    if (!envelope.payloadDigest().equals(mail.payload().sha256())
        || envelope.payloadSize() != mail.payload().length()) {
      return Optional.of(
          new Verdict.Inconsistent("the stored payload is not the one that the envelope names"));
    }
    if (arrival instanceof Arrival.FromUser from && !from.user().equals(envelope.sender())) {
      return Optional.of(
          new Verdict.Inconsistent("submitted by somebody who is not the envelope's sender"));
    }
    if (EnvelopeLife.isExpired(envelope, now)) {
      return Optional.of(new Verdict.Expired());
    }
    try {
      EnvelopeLife.check(envelope, now);
    } catch (RefusedException e) {
      return Optional.of(verdictOf(e));
    }
    return Optional.empty();
  }

  /**
   * The verdict, once {@link #beforeLookUp} had none.
   *
   * @param sender the records of the envelope's sender, verified and within their life at {@code
   *     now}
   */
  public static Verdict judge(
      SignedEnvelope mail, Arrival arrival, SenderRecords sender, Instant now) {
    if (arrival instanceof Arrival.FromPeer peer && !namesPeer(sender.domain(), peer, now)) {
      // What depends on the caller is never an outcome: otherwise a stranger who relays a genuine
      // envelope could end it. The ingress refuses it in the answer; here the domain's record
      // changed in between, so the mail waits for a record that names the peer, or expires.
      return new Verdict.Later(
          new Refusal.RetryAfter(
              RefusalCode.NOT_OPERATOR,
              Refusal.DEFAULT_RETRY,
              mail.envelope().sender().domain() + " does not name " + peer.operator() + " now"));
    }
    return switch (sender.standing()) {
      case SenderStanding.Mailbox(UserCertificate certificate) ->
          sender.revokes(mail.envelope().senderKey()) || sender.revokes(certificate.fingerprint())
              ? refused(
                  RefusalCode.SENDER_KEY_REVOKED,
                  mail.envelope().sender().domain() + " has revoked the key that signed")
              : judgeSignature(mail, certificate, now);
      case SenderStanding.NoSender _ ->
          refused(RefusalCode.SENDER_UNKNOWN, mail.envelope().sender() + " has no key of its own");
      case SenderStanding.Revoked(Instant from) ->
          refused(
              RefusalCode.SENDER_KEY_REVOKED,
              mail.envelope().sender() + " is revoked from " + from);
    };
  }

  /** A domain that moves ends the right of its former operator, not what that brought in time. */
  private static boolean namesPeer(DomainRecord sender, Arrival.FromPeer peer, Instant now) {
    return sender.namesForMail(peer.operator(), now)
        || sender.namesForMail(peer.operator(), peer.acceptedAt());
  }

  private static Verdict judgeSignature(
      SignedEnvelope mail, UserCertificate certificate, Instant now) {
    try {
      // The verdict object only says by whom and when; that there is one is what counts here.
      var _ =
          DetachedSignatures.verify(
              SignatureContext.ENVELOPE,
              mail.encoded(),
              mail.signature(),
              certificate,
              mail.envelope().senderKey(),
              // A sender's clock may be ahead as far as an envelope's creation may.
              now.plus(EnvelopeLife.MAX_AHEAD));
      return new Verdict.Verified();
    } catch (RefusedException e) {
      return verdictOf(e);
    }
  }

  private static Verdict verdictOf(RefusedException refused) {
    return switch (refused.refusal()) {
      case Refusal.Permanent permanent -> new Verdict.Refused(permanent);
      case Refusal.RetryAfter later -> new Verdict.Later(later);
      case Refusal.NeedsClient needs ->
          throw new IllegalStateException("a verifier never asks the client: " + needs.code());
    };
  }

  private static Verdict refused(RefusalCode code, String detail) {
    return new Verdict.Refused(new Refusal.Permanent(code, detail));
  }
}
