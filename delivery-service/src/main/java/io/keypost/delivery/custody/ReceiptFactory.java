package io.keypost.delivery.custody;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.record.RecordSigner;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Signs this operator's decisions. Thread safe. */
public final class ReceiptFactory {
  private final MailDomain operator;
  private final RecordSigner signer;
  private final ReceiptChain chain;

  /**
   * Signs for {@code operator}.
   *
   * @param signer with the key of the receipt certificate
   * @param chain receipt certificate first
   */
  public ReceiptFactory(MailDomain operator, RecordSigner signer, ReceiptChain chain) {
    this.operator = operator;
    this.signer = signer;
    this.chain = chain;
  }

  /** The kp-receipt that says how {@code mail} ended. */
  public ReceiptRecord receipt(MailFacts mail, TerminalOutcome outcome, Instant decidedAt) {
    return new ReceiptRecord(
        mail.key().envelopeDigest(),
        mail.messageId().octets(),
        mail.sender(),
        mail.key().recipient(),
        kind(outcome),
        code(outcome),
        operator,
        decidedAt);
  }

  /** The same, signed, on its way to the operator that the envelope came from. */
  public Proof.OwnReceipt sign(
      MailFacts mail, TerminalOutcome outcome, Instant decidedAt, MailDomain returnOperator) {
    return new Proof.OwnReceipt(
        signer.sign(receipt(mail, outcome, decidedAt)), chain, returnOperator);
  }

  private static ReceiptOutcome kind(TerminalOutcome outcome) {
    return switch (outcome) {
      case TerminalOutcome.Delivered _ -> ReceiptOutcome.DELIVERED;
      case TerminalOutcome.Refused _ -> ReceiptOutcome.REFUSED;
      case TerminalOutcome.Expired _ -> ReceiptOutcome.EXPIRED;
      case TerminalOutcome.NeedsClient _ -> ReceiptOutcome.NEEDS_CLIENT;
      case TerminalOutcome.Unconfirmed _ ->
          throw new IllegalArgumentException("nobody signs an unconfirmed end");
    };
  }

  private static @Nullable String code(TerminalOutcome outcome) {
    return outcome.codeText().orElse(null);
  }

  /** The outcome that a receipt states. */
  public static TerminalOutcome outcomeOf(ReceiptRecord receipt) {
    String code = receipt.code() == null ? "" : receipt.code();
    return switch (receipt.outcome()) {
      case DELIVERED -> new TerminalOutcome.Delivered();
      case REFUSED -> new TerminalOutcome.Refused(code);
      case EXPIRED -> new TerminalOutcome.Expired();
      case NEEDS_CLIENT -> new TerminalOutcome.NeedsClient(code);
    };
  }
}
