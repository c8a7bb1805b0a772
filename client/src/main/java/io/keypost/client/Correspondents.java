package io.keypost.client;

import io.keypost.client.trust.Contacts;
import io.keypost.client.trust.Continuity;
import io.keypost.client.trust.KeyContinuity;
import io.keypost.client.trust.Remembered;
import io.keypost.directory.AddressView;
import io.keypost.directory.Resolution;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Turns what the directory says of correspondents into keys that may be used (KP-KEY-8). */
final class Correspondents {
  private final Contacts contacts;

  Correspondents(Contacts contacts) {
    this.contacts = contacts;
  }

  /**
   * The key to encrypt to, when every pointer on the way and the key itself follow from what is
   * remembered, and its domain has not revoked it (KP-REC-24).
   *
   * @param now for which the current encryption subkey is chosen
   */
  UserCertificate recipient(Resolution resolution, SendPolicy policy, Instant now) {
    for (Resolution.FollowedPointer pointer : resolution.pointers()) {
      AddressRecord alias = pointer.alias().record();
      Address target = pointer.consent().record().target();
      Optional<Remembered> before = contacts.recall(alias.address());
      require(
          alias.address(),
          unlessRevoked(KeyContinuity.ofAlias(before, alias, target), before, pointer.alias()),
          policy);
    }
    UserCertificate certificate = mailbox(resolution.target());
    AddressRecord record = resolution.target().record();
    if (resolution.target().revokes(certificate.currentEncryptionKey(now).fingerprint())) {
      throw RefusedException.of(
          RefusalCode.RECIPIENT_KEY_UNUSABLE,
          record.address().domain() + " has revoked the key of " + record.address());
    }
    Optional<Remembered> before = contacts.recall(record.address());
    require(
        record.address(),
        unlessRevoked(
            KeyContinuity.ofMailbox(before, record, certificate), before, resolution.target()),
        policy);
    return certificate;
  }

  /**
   * How a sender's key relates to what is remembered of him; what follows from it is remembered.
   */
  Continuity sender(AddressView view) {
    AddressRecord record = view.record();
    Optional<Remembered> before = contacts.recall(record.address());
    Continuity continuity =
        unlessRevoked(KeyContinuity.ofMailbox(before, record, mailbox(view)), before, view);
    if (!(continuity instanceof Continuity.ChangedUnsigned)) {
      contacts.remember(record.address(), continuity.seen());
    }
    return continuity;
  }

  /** A change that a key signed which its domain has revoked is signed by nobody (KP-REC-24). */
  private static Continuity unlessRevoked(
      Continuity continuity, Optional<Remembered> before, AddressView view) {
    if (!(continuity instanceof Continuity.ChangedBySignature changed)) {
      return continuity;
    }
    Set<Bytes> signers =
        before
            .flatMap(Remembered::statement)
            .flatMap(known -> view.history().map(history -> history.signersSince(known)))
            .orElse(Set.of());
    return signers.stream().anyMatch(view::revokes)
        ? new Continuity.ChangedUnsigned(
            changed.seen(), changed.what() + " (signed by a key that its domain has revoked)")
        : continuity;
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
