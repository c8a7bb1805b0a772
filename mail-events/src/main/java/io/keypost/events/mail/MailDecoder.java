package io.keypost.events.mail;

import com.google.protobuf.ByteString;
import io.keypost.events.wire.PayloadReference;
import io.keypost.events.wire.PeerArrival;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.SignedEnvelope;
import java.time.Instant;

/**
 * From the messages of mail on its way to their records; every field is checked by the type that
 * holds it.
 */
final class MailDecoder {
  /** The end of the year 9999, in Unix milliseconds. */
  private static final long MAX_UNIX_MILLIS = 253_402_300_799_999L;

  private MailDecoder() {}

  static AcceptedMail accepted(io.keypost.events.wire.AcceptedMail wire) {
    return new AcceptedMail(mail(wire.getMail()), arrival(wire.getArrival()));
  }

  static VerifiedMail verified(io.keypost.events.wire.VerifiedMail wire) {
    return new VerifiedMail(
        mail(wire.getMail()), arrival(wire.getArrival()), verification(wire.getVerification()));
  }

  static RoutedMailbox routedMailbox(io.keypost.events.wire.RoutedMailbox wire) {
    return new RoutedMailbox(
        mail(wire.getMail()),
        arrival(wire.getArrival()),
        verification(wire.getVerification()),
        Address.parseCanonical(wire.getMailbox()));
  }

  static RoutedTransfer routedTransfer(io.keypost.events.wire.RoutedTransfer wire) {
    return new RoutedTransfer(
        mail(wire.getMail()),
        arrival(wire.getArrival()),
        verification(wire.getVerification()),
        MailDomain.parseCanonical(wire.getOperator()),
        wire.getPool());
  }

  static SealedMail mail(io.keypost.events.wire.SealedMail wire) {
    PayloadReference payload = wire.getPayload();
    return new SealedMail(
        SignedEnvelope.decode(octets(wire.getEnvelope()), octets(wire.getSignature())),
        new PayloadLocation(
            payload.getSegment(),
            payload.getOffset(),
            payload.getLength(),
            digest(payload.getSha256())));
  }

  static Arrival arrival(io.keypost.events.wire.Arrival wire) {
    Instant acceptedAt = instant("accepted_at", wire.getAcceptedAt());
    return switch (wire.getFromCase()) {
      case USER ->
          new Arrival.FromUser(Address.parseCanonical(wire.getUser().getAddress()), acceptedAt);
      case PEER -> {
        PeerArrival peer = wire.getPeer();
        yield new Arrival.FromPeer(
            MailDomain.parseCanonical(peer.getOperator()),
            digest(peer.getCertificateSha256()),
            acceptedAt);
      }
      case FROM_NOT_SET ->
          throw new IllegalArgumentException("arrival: from neither user nor peer");
    };
  }

  static Instant instant(String field, long unixMillis) {
    if (unixMillis < 1 || unixMillis > MAX_UNIX_MILLIS) {
      throw new IllegalArgumentException(field + ": not a millisecond from 1970 to 9999");
    }
    return Instant.ofEpochMilli(unixMillis);
  }

  static Digest digest(ByteString octets) {
    return new Digest(octets(octets));
  }

  static Bytes octets(ByteString octets) {
    return Bytes.copyOf(octets.asReadOnlyByteBuffer());
  }

  private static Verification verification(io.keypost.events.wire.Verification wire) {
    return new Verification(
        digest(wire.getSenderRecordSha256()),
        digest(wire.getSenderDomainRecordSha256()),
        instant("verified_at", wire.getVerifiedAt()));
  }
}
