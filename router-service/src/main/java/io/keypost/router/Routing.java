package io.keypost.router;

import io.keypost.events.mail.Arrival;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.EnvelopeLife;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Instant;
import java.util.Optional;

/**
 * The decision where one envelope goes: a function of the envelope, of the side this provider is
 * on, of the recipient's records and of the time. No I/O, no state.
 */
public final class Routing {
  private final MailDomain operator;

  /**
   * For one provider.
   *
   * @param operator its operator domain
   */
  public Routing(MailDomain operator) {
    this.operator = operator;
  }

  /**
   * What the directory says, verified and within its life.
   *
   * @param domain the recipient domain's record
   * @param keyServersOf the operator domain under whose root the recipient domain's key servers
   *     stand
   * @param recipient standing of the envelope's recipient
   * @param addressedAs where the address that the sender wrote to leads; {@link
   *     PointerStanding.Direct} on the receiver's side, where the pointer is the sender's matter
   */
  public record RecipientRecords(
      DomainRecord domain,
      MailDomain keyServersOf,
      RecipientStanding recipient,
      PointerStanding addressedAs) {}

  /** An envelope whose life is over needs no look-up; empty when the records are needed. */
  public static Optional<Route> beforeLookUp(Envelope envelope, Instant now) {
    return EnvelopeLife.isExpired(envelope, now)
        ? Optional.of(new Route.Expired())
        : Optional.empty();
  }

  /**
   * Whether the sender wrote to another address than the one that the envelope is for. A
   * sub-address counts as another one: only the directory knows whether it has an entry of its own.
   */
  public static boolean followsPointer(Envelope envelope) {
    return !envelope.addressedAs().equals(envelope.recipient());
  }

  /** The route, once {@link #beforeLookUp} had none. */
  public Route route(Envelope envelope, Arrival arrival, RecipientRecords records, Instant now) {
    return switch (arrival) {
      case Arrival.FromUser _ ->
          switch (records.addressedAs()) {
            case PointerStanding.Direct _ -> routeToRecipient(envelope, arrival, records, now);
            case PointerStanding.LeadsTo(Address target, String record) ->
                leadsToRecipient(target, envelope, records.recipient())
                    ? routeToRecipient(envelope, arrival, records, now)
                    : needsClient(
                        RefusalCode.MOVED,
                        envelope.addressedAs() + " points at " + target + " now",
                        record);
            case PointerStanding.Broken(Refusal.Permanent why) -> new Route.Refused(why);
          };
      case Arrival.FromPeer _ -> routeToRecipient(envelope, arrival, records, now);
    };
  }

  private static boolean leadsToRecipient(
      Address target, Envelope envelope, RecipientStanding recipient) {
    return switch (recipient) {
      // The same record, by whichever of its sub-addresses it was asked for.
      case RecipientStanding.Mailbox mailbox -> target.equals(mailbox.address());
      case RecipientStanding.Pointer _,
          RecipientStanding.NoRecipient _,
          RecipientStanding.Revoked _ ->
          target.equals(envelope.recipient());
    };
  }

  private Route routeToRecipient(
      Envelope envelope, Arrival arrival, RecipientRecords records, Instant now) {
    Address recipient = envelope.recipient();
    return switch (records.recipient()) {
      case RecipientStanding.NoRecipient _ ->
          permanent(RefusalCode.RECIPIENT_UNKNOWN, "there is no " + recipient);
      case RecipientStanding.Revoked(Instant from) ->
          permanent(RefusalCode.RECIPIENT_REVOKED, recipient + " is revoked from " + from);
      case RecipientStanding.Pointer(String record) ->
          // Never forwarded: the sender's client follows the pointer and seals to its target.
          needsClient(RefusalCode.MOVED, recipient + " points elsewhere now", record);
      case RecipientStanding.Mailbox mailbox when !isCurrentKey(envelope, mailbox) ->
          needsClient(
              RefusalCode.KEY_CHANGED,
              recipient
                  + (mailbox.encryptionKey().isPresent()
                      ? " has another encryption subkey now"
                      : " has no encryption subkey that is good now"),
              mailbox.record());
      case RecipientStanding.Mailbox mailbox when mailbox.operator().equals(operator) ->
          isHostedHere(records, now)
              ? new Route.Mailbox(mailbox.address())
              : permanent(
                  RefusalCode.NOT_HOSTED_HERE,
                  recipient.domain() + " names " + operator + ", which does not host it");
      case RecipientStanding.Mailbox mailbox ->
          switch (arrival) {
            case Arrival.FromUser _ -> new Route.Transfer(mailbox.operator(), mailbox.pool());
            case Arrival.FromPeer _ -> notHere(recipient, mailbox, records.domain(), now);
          };
    };
  }

  /**
   * An address record is its domain's word only: whoever owns a domain could name any operator in
   * it. What is hosted here is under this operator's own key servers, which answer for nothing else
   * (KP-RTE-8).
   */
  private boolean isHostedHere(RecipientRecords records, Instant now) {
    return records.keyServersOf().equals(operator) && records.domain().namesForMail(operator, now);
  }

  private static boolean isCurrentKey(Envelope envelope, RecipientStanding.Mailbox mailbox) {
    return mailbox.encryptionKey().filter(envelope.recipientKey()::equals).isPresent();
  }

  /** There is no relay: what a peer brought for a mailbox elsewhere goes back to its sender. */
  private Route notHere(
      Address recipient, RecipientStanding.Mailbox mailbox, DomainRecord domain, Instant now) {
    return domain.namesForReceipts(operator, now)
        ? needsClient(
            RefusalCode.MOVED,
            recipient + " is at " + mailbox.operator() + " now",
            mailbox.record())
        : permanent(RefusalCode.NOT_HOSTED_HERE, recipient + " is not at " + operator);
  }

  private static Route permanent(RefusalCode code, String detail) {
    return new Route.Refused(new Refusal.Permanent(code, detail));
  }

  private static Route needsClient(RefusalCode code, String detail, String record) {
    return new Route.Refused(new Refusal.NeedsClient(code, detail, record));
  }
}
