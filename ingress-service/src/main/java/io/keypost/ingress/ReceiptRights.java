package io.keypost.ingress;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an operator may say how an envelope ended (KP-OUT, T32). Who had custody decides: the
 * recipient's operator after it accepted; the sender's operator before, and then never that it was
 * delivered.
 *
 * @param here the operator domain of this provider
 */
public record ReceiptRights(MailDomain here) {

  /**
   * What refuses a receipt whose signature is good.
   *
   * @param receipt what it says
   * @param recipient the recipient's domain
   * @param sender the sender's domain
   * @return {@code operator_not_named}, {@code receipt_invalid} or nothing
   */
  public Optional<Refusal> refuses(
      ReceiptRecord receipt, DomainRecord recipient, DomainRecord sender, Instant now) {
    if (!sender.namesForReceipts(here, now)) {
      return Optional.of(
          Refusal.of(
              RefusalCode.RECEIPT_INVALID,
              receipt.sender().domain() + " does not receive receipts here"));
    }
    boolean receiverDecides = recipient.namesForReceipts(receipt.operator(), now);
    boolean senderDecides =
        receipt.outcome() != ReceiptOutcome.DELIVERED
            && sender.namesForReceipts(receipt.operator(), now);
    return receiverDecides || senderDecides
        ? Optional.empty()
        : Optional.of(
            Refusal.of(
                RefusalCode.OPERATOR_NOT_NAMED,
                receipt.recipient().domain()
                    + " does not name "
                    + receipt.operator()
                    + " as its operator"));
  }
}
