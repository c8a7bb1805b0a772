package io.keypost.delivery.custody;

import io.keypost.protocol.Digest;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalScope;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** How an envelope may end, and which of two outcomes stands (docs/protocol.md, "Outcomes"). */
public final class OutcomeRules {

  /** How long after its life's end a delivered message id stays taken. */
  public static final Duration CLAIM_AFTER_EXPIRY = Duration.ofDays(1);

  /** How long after an envelope's life a receipt is posted, and waited for. */
  public static final Duration RECEIPT_AFTER_EXPIRY = Duration.ofDays(7);

  /**
   * Codes of scope answer that would come from this peer again whoever called and whenever
   * (KP-REF-2).
   */
  static final Set<RefusalCode> ABOUT_THE_MESSAGE =
      Set.of(
          RefusalCode.PAYLOAD_TOO_LARGE,
          RefusalCode.PAYLOAD_MALFORMED,
          RefusalCode.DIGEST_MISMATCH,
          RefusalCode.SIZE_MISMATCH);

  private OutcomeRules() {}

  /** What came of a receipt. */
  public enum ReceiptVerdict {
    /** It becomes the outcome: none stands, or only an unconfirmed one. */
    SETTLES,
    /** It is the receipt of the outcome that stands: now it is known to be checked. */
    CONFIRMS,
    /** The outcome that stands says the same. */
    REPEATS,
    /** Another outcome stands and stays. */
    CONTRADICTS,
    /** It is about no envelope of this provider's users, or about another sender or id. */
    UNKNOWN
  }

  /** An outcome as the table holds it. */
  public record Standing(TerminalOutcome outcome, Optional<String> receipt) {}

  /**
   * The end of an envelope that reached the mailbox of its recipient.
   *
   * @param claimed digest of the envelope that took the message id first, which may be this one
   */
  public static TerminalOutcome atMailbox(MailFacts mail, Digest claimed, Instant now) {
    if (isExpired(mail, now)) {
      return new TerminalOutcome.Expired();
    }
    return claimed.equals(mail.key().envelopeDigest())
        ? new TerminalOutcome.Delivered()
        : new TerminalOutcome.Refused(RefusalCode.ID_REUSED.wire());
  }

  /** Whether an envelope's life has ended: nothing is delivered from that instant on. */
  public static boolean isExpired(MailFacts mail, Instant now) {
    return !now.isBefore(mail.expires());
  }

  /** Until when a delivery of this envelope keeps others off its message id. */
  public static Instant claimUntil(MailFacts mail) {
    return mail.expires().plus(CLAIM_AFTER_EXPIRY);
  }

  /**
   * The end that a refusal means for an envelope in this operator's custody (KP-REF-2); empty for
   * one that asks to wait, and for one about whoever called.
   */
  public static Optional<TerminalOutcome> of(Refusal refusal) {
    return refusal.code().scope() == RefusalScope.OUTCOME ? endBy(refusal) : Optional.empty();
  }

  /**
   * The end that a refusal in a peer's answer means: beside those of {@link #of} a few codes end an
   * envelope that say of the message itself that the peer will never take it.
   */
  public static Optional<TerminalOutcome> ofAnswer(Refusal refusal) {
    return ABOUT_THE_MESSAGE.contains(refusal.code()) ? endBy(refusal) : of(refusal);
  }

  private static Optional<TerminalOutcome> endBy(Refusal refusal) {
    return switch (refusal) {
      case Refusal.Permanent permanent ->
          Optional.of(new TerminalOutcome.Refused(permanent.code().wire()));
      case Refusal.NeedsClient needs ->
          Optional.of(new TerminalOutcome.NeedsClient(needs.code().wire()));
      case Refusal.RetryAfter _ -> Optional.empty();
    };
  }

  /**
   * What a checked receipt does.
   *
   * @param jws the receipt as signed
   * @param known what is known here of an envelope of that recipient and digest
   * @param standing its outcome, if it has one
   */
  public static ReceiptVerdict onReceipt(
      ReceiptRecord receipt, String jws, Optional<MailFacts> known, Optional<Standing> standing) {
    boolean ours =
        known
            .filter(mail -> mail.sender().equals(receipt.sender()))
            .filter(mail -> mail.messageId().octets().equals(receipt.messageId()))
            .isPresent();
    if (!ours) {
      return ReceiptVerdict.UNKNOWN;
    }
    if (standing.isEmpty() || standing.get().outcome() instanceof TerminalOutcome.Unconfirmed) {
      return ReceiptVerdict.SETTLES;
    }
    if (standing.get().receipt().filter(jws::equals).isPresent()) {
      return ReceiptVerdict.CONFIRMS;
    }
    return standing.get().outcome().equals(ReceiptFactory.outcomeOf(receipt))
        ? ReceiptVerdict.REPEATS
        : ReceiptVerdict.CONTRADICTS;
  }
}
