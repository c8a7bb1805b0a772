package io.keypost.events.mail;

import static io.keypost.events.mail.MailEncoder.octets;

import java.util.Locale;

/** From the records of outcomes to their messages. */
final class OutcomeEncoder {
  private OutcomeEncoder() {}

  static io.keypost.events.wire.ProposedOutcome proposed(ProposedOutcome event) {
    var wire = io.keypost.events.wire.ProposedOutcome.newBuilder();
    return switch (event) {
      case ProposedOutcome.ProposedRefusal refusal -> wire.setRefusal(refusal(refusal)).build();
      case ProposedOutcome.ProposedExpiry expiry -> wire.setExpiry(expiry(expiry)).build();
      case ProposedOutcome.CheckedReceipt receipt -> wire.setReceipt(receipt(receipt)).build();
    };
  }

  static io.keypost.events.wire.OutcomeEvent outcome(OutcomeEvent event) {
    var wire =
        io.keypost.events.wire.OutcomeEvent.newBuilder()
            .setEnvelopeDigest(octets(event.envelopeDigest().octets()))
            .setMessageId(octets(event.messageId().octets()))
            .setSender(event.sender().toString())
            .setRecipient(event.recipient().toString())
            .setOutcome(event.outcome().wire())
            .setDecidedAt(event.decidedAt().toEpochMilli())
            .setReceipt(event.receipt());
    event.code().ifPresent(wire::setCode);
    return wire.build();
  }

  private static io.keypost.events.wire.ProposedRefusal refusal(
      ProposedOutcome.ProposedRefusal refusal) {
    var wire =
        io.keypost.events.wire.ProposedRefusal.newBuilder()
            .setMail(MailEncoder.mail(refusal.mail()))
            .setArrival(MailEncoder.arrival(refusal.arrival()))
            .setCode(refusal.code().wire())
            .setStage(stage(refusal.stage()))
            .setDetail(refusal.detail())
            .setDecidedAt(refusal.decidedAt().toEpochMilli());
    if (refusal.record() != null) {
      wire.setRecord(refusal.record());
    }
    return wire.build();
  }

  private static io.keypost.events.wire.ProposedExpiry expiry(
      ProposedOutcome.ProposedExpiry expiry) {
    return io.keypost.events.wire.ProposedExpiry.newBuilder()
        .setMail(MailEncoder.mail(expiry.mail()))
        .setArrival(MailEncoder.arrival(expiry.arrival()))
        .setStage(stage(expiry.stage()))
        .setDecidedAt(expiry.decidedAt().toEpochMilli())
        .build();
  }

  private static io.keypost.events.wire.CheckedReceipt receipt(
      ProposedOutcome.CheckedReceipt receipt) {
    var wire =
        io.keypost.events.wire.CheckedReceipt.newBuilder()
            .setEnvelopeDigest(octets(receipt.envelopeDigest().octets()))
            .setRecipient(receipt.recipient().toString())
            .setReceipt(receipt.receipt())
            .setRoot(octets(receipt.root()))
            .setCheckedAt(receipt.checkedAt().toEpochMilli());
    receipt.chain().forEach(certificate -> wire.addChain(octets(certificate)));
    return wire.build();
  }

  private static String stage(ProposedOutcome.Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
