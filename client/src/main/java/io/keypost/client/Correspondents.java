package io.keypost.client;

import io.keypost.client.trust.Contacts;
import io.keypost.client.trust.Continuity;
import io.keypost.client.trust.KeyContinuity;
import io.keypost.directory.AddressView;
import io.keypost.directory.Resolution;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/** Turns what the directory says of correspondents into keys that may be used (KP-KEY-8). */
final class Correspondents {
  private final Contacts contacts;

  Correspondents(Contacts contacts) {
    this.contacts = contacts;
  }

  /**
   * The key to encrypt to, when every pointer on the way and the key itself follow from what is
   * remembered.
   */
  UserCertificate recipient(Resolution resolution, SendPolicy policy) {
    for (Resolution.FollowedPointer pointer : resolution.pointers()) {
      AddressRecord alias = pointer.alias().record();
      Address target = pointer.consent().record().target();
      require(
          alias.address(),
          KeyContinuity.ofAlias(contacts.recall(alias.address()), alias, target),
          policy);
    }
    UserCertificate certificate = mailbox(resolution.target());
    AddressRecord record = resolution.target().record();
    require(
        record.address(),
        KeyContinuity.ofMailbox(contacts.recall(record.address()), record, certificate),
        policy);
    return certificate;
  }

  /**
   * How a sender's key relates to what is remembered of him; what follows from it is remembered.
   */
  Continuity sender(AddressView view) {
    AddressRecord record = view.record();
    Continuity continuity =
        KeyContinuity.ofMailbox(contacts.recall(record.address()), record, mailbox(view));
    if (!(continuity instanceof Continuity.ChangedUnsigned)) {
      contacts.remember(record.address(), continuity.seen());
    }
    return continuity;
  }

  private void require(Address address, Continuity continuity, SendPolicy policy) {
    if (continuity instanceof Continuity.ChangedUnsigned changed
        && policy == SendPolicy.REFUSE_UNSIGNED_CHANGE) {
      throw RefusedException.of(
          RefusalCode.KEY_CHANGE_UNSIGNED,
          address.shown()
              + ": "
              + changed.what()
              + ", and the key that is remembered did not sign that. Ask him by another way; if it"
              + " is right, send with --accept-change");
    }
    contacts.remember(address, continuity.seen());
  }

  /** The certificate of whom somebody writes to; what else an address may be is refused. */
  static UserCertificate mailbox(AddressView view) {
    return mailbox(view, RefusalCode.RECIPIENT_UNKNOWN, RefusalCode.RECIPIENT_REVOKED);
  }

  /** The certificate of whom a message came from; what else an address may be is refused. */
  static UserCertificate senderMailbox(AddressView view) {
    return mailbox(view, RefusalCode.SENDER_UNKNOWN, RefusalCode.SENDER_KEY_REVOKED);
  }

  private static UserCertificate mailbox(
      AddressView view, RefusalCode notThere, RefusalCode revokedCode) {
    AddressRecord record = view.record();
    return switch (record.content()) {
      case AddressRecord.Mailbox mailbox ->
          view.certificate()
              .orElseThrow(
                  () ->
                      RefusedException.of(
                          RefusalCode.USER_CERTIFICATE_INVALID,
                          record.address().shown() + " has no certificate"));
      case AddressRecord.Unknown unknown ->
          throw RefusedException.of(notThere, "there is no " + record.address().shown());
      case AddressRecord.Revoked revoked ->
          throw RefusedException.of(
              revokedCode, record.address().shown() + " was revoked at " + revoked.from());
      case AddressRecord.Alias alias ->
          throw RefusedException.of(
              notThere, record.address().shown() + " is an alias, not a mailbox");
    };
  }
}
