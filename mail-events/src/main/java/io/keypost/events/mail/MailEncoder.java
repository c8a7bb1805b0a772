package io.keypost.events.mail;

import com.google.protobuf.ByteString;
import io.keypost.events.wire.PayloadReference;
import io.keypost.events.wire.PeerArrival;
import io.keypost.events.wire.UserArrival;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;

/** From the records of mail on its way to their messages. */
final class MailEncoder {
  private MailEncoder() {}

  static io.keypost.events.wire.AcceptedMail accepted(AcceptedMail event) {
    return io.keypost.events.wire.AcceptedMail.newBuilder()
        .setMail(mail(event.mail()))
        .setArrival(arrival(event.arrival()))
        .build();
  }

  static io.keypost.events.wire.VerifiedMail verified(VerifiedMail event) {
    return io.keypost.events.wire.VerifiedMail.newBuilder()
        .setMail(mail(event.mail()))
        .setArrival(arrival(event.arrival()))
        .setVerification(verification(event.verification()))
        .build();
  }

  static io.keypost.events.wire.RoutedMailbox routedMailbox(RoutedMailbox event) {
    return io.keypost.events.wire.RoutedMailbox.newBuilder()
        .setMail(mail(event.mail()))
        .setArrival(arrival(event.arrival()))
        .setVerification(verification(event.verification()))
        .setMailbox(event.mailbox().toString())
        .build();
  }

  static io.keypost.events.wire.RoutedTransfer routedTransfer(RoutedTransfer event) {
    return io.keypost.events.wire.RoutedTransfer.newBuilder()
        .setMail(mail(event.mail()))
        .setArrival(arrival(event.arrival()))
        .setVerification(verification(event.verification()))
        .setOperator(event.operator().value())
        .setPool(event.pool())
        .build();
  }

  static io.keypost.events.wire.SealedMail mail(SealedMail mail) {
    PayloadLocation payload = mail.payload();
    return io.keypost.events.wire.SealedMail.newBuilder()
        .setEnvelope(octets(mail.envelope().encoded()))
        .setSignature(octets(mail.envelope().signature()))
        .setPayload(
            PayloadReference.newBuilder()
                .setSegment(payload.segment())
                .setOffset(payload.offset())
                .setLength(payload.length())
                .setSha256(octets(payload.sha256().octets())))
        .build();
  }

  static io.keypost.events.wire.Arrival arrival(Arrival arrival) {
    var wire =
        io.keypost.events.wire.Arrival.newBuilder()
            .setAcceptedAt(arrival.acceptedAt().toEpochMilli());
    return switch (arrival) {
      case Arrival.FromUser(Address user, Instant _) ->
          wire.setUser(UserArrival.newBuilder().setAddress(user.toString())).build();
      case Arrival.FromPeer(MailDomain operator, Digest certificate, Instant _) ->
          wire.setPeer(
                  PeerArrival.newBuilder()
                      .setOperator(operator.value())
                      .setCertificateSha256(octets(certificate.octets())))
              .build();
    };
  }

  static ByteString octets(Bytes octets) {
    return ByteString.copyFrom(octets.asByteBuffer());
  }

  private static io.keypost.events.wire.Verification verification(Verification verification) {
    return io.keypost.events.wire.Verification.newBuilder()
        .setSenderRecordSha256(octets(verification.senderRecord().octets()))
        .setSenderDomainRecordSha256(octets(verification.senderDomainRecord().octets()))
        .setVerifiedAt(verification.verifiedAt().toEpochMilli())
        .build();
  }
}
