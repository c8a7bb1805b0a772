package io.keypost.delivery.custody;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;

/** Who vouches for an outcome. */
public sealed interface Proof {

  /**
   * This operator, in a receipt that still has to reach the sender's operator.
   *
   * @param receipt the kp-receipt JWS
   * @param chain of its signer
   * @param returnOperator operator that the envelope came from
   */
  record OwnReceipt(String receipt, ReceiptChain chain, MailDomain returnOperator)
      implements Proof {}

  /**
   * The operator that decided, in a receipt that the ingress checked.
   *
   * @param receipt the kp-receipt JWS
   * @param chain of its signer
   * @param root certificate of the root that it was checked under, DER
   * @param checkedAt when
   */
  record CheckedReceipt(String receipt, ReceiptChain chain, Bytes root, Instant checkedAt)
      implements Proof {}

  /** Nobody: only for {@link TerminalOutcome.Unconfirmed}. */
  record Unsigned() implements Proof {}
}
