package io.keypost.events.mail;

import static io.keypost.events.mail.MailDecoder.digest;
import static io.keypost.events.mail.MailDecoder.instant;
import static io.keypost.events.mail.MailDecoder.octets;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.refusal.RefusalCode;
import java.util.Optional;

/**
 * From the messages of outcomes to their records; every field is checked by the type that holds it.
 */
final class OutcomeDecoder {
  private OutcomeDecoder() {}

  static ProposedOutcome proposed(io.keypost.events.wire.ProposedOutcome wire) {
    return switch (wire.getProposalCase()) {
      case REFUSAL -> refusal(wire.getRefusal());
      case RECEIPT -> receipt(wire.getReceipt());
      case EXPIRY -> expiry(wire.getExpiry());
      case PROPOSAL_NOT_SET -> throw new IllegalArgumentException("nothing is proposed");
    };
  }

  static OutcomeEvent outcome(io.keypost.events.wire.OutcomeEvent wire) {
    return new OutcomeEvent(
        digest(wire.getEnvelopeDigest()),
        new MessageId(octets(wire.getMessageId())),
        Address.parseCanonical(wire.getSender()),
        Address.parseCanonical(wire.getRecipient()),
        OutcomeKind.byWire(wire.getOutcome())
            .orElseThrow(() -> new IllegalArgumentException("outcome: none of the four")),
        wire.getCode().isEmpty() ? Optional.empty() : Optional.of(wire.getCode()),
        instant("decided_at", wire.getDecidedAt()),
        wire.getReceipt());
  }

  private static ProposedOutcome refusal(io.keypost.events.wire.ProposedRefusal wire) {
    return new ProposedOutcome.ProposedRefusal(
        MailDecoder.mail(wire.getMail()),
        MailDecoder.arrival(wire.getArrival()),
        code(wire.getCode()),
        stage(wire.getStage()),
        wire.getDetail(),
        wire.getRecord().isEmpty() ? null : wire.getRecord(),
        instant("decided_at", wire.getDecidedAt()));
  }

  private static ProposedOutcome expiry(io.keypost.events.wire.ProposedExpiry wire) {
    return new ProposedOutcome.ProposedExpiry(
        MailDecoder.mail(wire.getMail()),
        MailDecoder.arrival(wire.getArrival()),
        stage(wire.getStage()),
        instant("decided_at", wire.getDecidedAt()));
  }

  private static ProposedOutcome receipt(io.keypost.events.wire.CheckedReceipt wire) {
    return new ProposedOutcome.CheckedReceipt(
        digest(wire.getEnvelopeDigest()),
        Address.parseCanonical(wire.getRecipient()),
        wire.getReceipt(),
        wire.getChainList().stream().map(MailDecoder::octets).toList(),
        octets(wire.getRoot()),
        instant("checked_at", wire.getCheckedAt()));
  }

  private static RefusalCode code(String wire) {
    return RefusalCode.byWire(wire)
        .orElseThrow(() -> new IllegalArgumentException("code: unknown"));
  }

  private static ProposedOutcome.Stage stage(String wire) {
    return switch (wire) {
      case "verifier" -> ProposedOutcome.Stage.VERIFIER;
      case "router" -> ProposedOutcome.Stage.ROUTER;
      default -> throw new IllegalArgumentException("stage: neither verifier nor router");
    };
  }
}
