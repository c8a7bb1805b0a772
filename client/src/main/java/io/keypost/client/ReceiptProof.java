package io.keypost.client;

import io.keypost.protocol.address.MailDomain;
import java.time.Instant;

/** What a receipt proves, as this client has verified it itself. */
public sealed interface ReceiptProof {
  /** There is none: the state is the own provider's word. */
  record None() implements ReceiptProof {}

  /**
   * The operator decided so, by its own signature.
   *
   * @param operator who decided
   * @param decidedAt whole seconds
   */
  record Verified(MailDomain operator, Instant decidedAt) implements ReceiptProof {}

  /**
   * There is one, and it proves nothing.
   *
   * @param code refusal code in its wire form
   * @param detail in words
   */
  record Invalid(String code, String detail) implements ReceiptProof {}
}
