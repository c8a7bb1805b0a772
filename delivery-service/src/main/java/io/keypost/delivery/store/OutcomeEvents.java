package io.keypost.delivery.store;

import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.Proof;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.mail.OutcomeKind;
import io.keypost.protocol.Bytes;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The event of topic mail.outcome for a settled outcome. */
final class OutcomeEvents {
  private OutcomeEvents() {}

  /**
   * The encoded event; none for an unconfirmed end, which a receipt may still replace: there is one
   * event for each envelope, and it carries a receipt.
   */
  static Optional<Bytes> encode(Settlement settlement) {
    return switch (settlement.proof()) {
      case Proof.OwnReceipt own -> Optional.of(encode(settlement, own.receipt()));
      case Proof.CheckedReceipt checked -> Optional.of(encode(settlement, checked.receipt()));
      case Proof.Unsigned _ -> Optional.empty();
    };
  }

  private static Bytes encode(Settlement settlement, String receipt) {
    MailFacts mail = settlement.mail();
    return MailEvents.OUTCOME.encode(
        new OutcomeEvent(
            mail.key().envelopeDigest(),
            mail.messageId(),
            mail.sender(),
            mail.key().recipient(),
            kind(settlement.outcome()),
            settlement.outcome().codeText(),
            settlement.decidedAt().truncatedTo(ChronoUnit.MILLIS),
            receipt));
  }

  private static OutcomeKind kind(TerminalOutcome outcome) {
    return switch (outcome) {
      case TerminalOutcome.Delivered _ -> OutcomeKind.DELIVERED;
      case TerminalOutcome.Refused _ -> OutcomeKind.REFUSED;
      case TerminalOutcome.Expired _, TerminalOutcome.Unconfirmed _ -> OutcomeKind.EXPIRED;
      case TerminalOutcome.NeedsClient _ -> OutcomeKind.NEEDS_CLIENT;
    };
  }
}
