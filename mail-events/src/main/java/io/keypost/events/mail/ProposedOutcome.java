package io.keypost.events.mail;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;
import io.keypost.protocol.refusal.RefusalScope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code mail.proposed}: an outcome that somebody proposes; delivery's outcome table disposes. */
public sealed interface ProposedOutcome {

  /** The envelope's recipient, which the event is keyed by. */
  Address recipient();

  /** The stages that may propose. */
  enum Stage {
    /** Checks sender and signature. */
    VERIFIER,
    /** Checks recipient and way. */
    ROUTER
  }

  /**
   * A stage of this provider refuses.
   *
   * @param mail what was accepted
   * @param arrival how it came in
   * @param code of a code that may be an outcome; never one that asks to wait
   * @param stage who refuses
   * @param detail in words for the sender, at most {@value Refusal#MAX_DETAIL_CHARACTERS}
   *     characters
   * @param record for {@code moved} and {@code key_changed}: the signed record that says what
   *     changed
   * @param decidedAt when, in whole milliseconds
   */
  record ProposedRefusal(
      SealedMail mail,
      Arrival arrival,
      RefusalCode code,
      Stage stage,
      String detail,
      @Nullable String record,
      Instant decidedAt)
      implements ProposedOutcome {
    /** Checks that the code can end an envelope. */
    public ProposedRefusal {
      if (code.scope() != RefusalScope.OUTCOME || code.kind() == RefusalKind.RETRY_AFTER) {
        throw new IllegalArgumentException(code.wire() + " is no outcome");
      }
      if (detail.length() > Refusal.MAX_DETAIL_CHARACTERS) {
        throw new IllegalArgumentException(
            "detail: at most " + Refusal.MAX_DETAIL_CHARACTERS + " characters");
      }
    }

    @Override
    public Address recipient() {
      return mail.envelope().envelope().recipient();
    }
  }

  /**
   * The envelope outlived its {@code expires} while it waited in a stage.
   *
   * @param mail what was accepted
   * @param arrival how it came in
   * @param stage where it waited
   * @param decidedAt when, in whole milliseconds
   */
  record ProposedExpiry(SealedMail mail, Arrival arrival, Stage stage, Instant decidedAt)
      implements ProposedOutcome {
    @Override
    public Address recipient() {
      return mail.envelope().envelope().recipient();
    }
  }

  /**
   * A receipt after every check of the ingress.
   *
   * @param envelopeDigest what the receipt is about
   * @param recipient of that envelope, as the receipt says
   * @param receipt the {@code kp-receipt}
   * @param chain certificates of its signer, leaf first, DER, 1 to {@value #MAX_CHAIN}
   * @param root root certificate of the signer's operator as pinned when it was checked, DER
   * @param checkedAt when, in whole milliseconds
   */
  record CheckedReceipt(
      Digest envelopeDigest,
      Address recipient,
      String receipt,
      List<Bytes> chain,
      Bytes root,
      Instant checkedAt)
      implements ProposedOutcome {
    /** Longest chain. */
    public static final int MAX_CHAIN = 4;

    /** Checks the bounds. */
    public CheckedReceipt {
      chain = List.copyOf(chain);
      if (chain.isEmpty() || chain.size() > MAX_CHAIN || receipt.isEmpty() || root.isEmpty()) {
        throw new IllegalArgumentException("a checked receipt has a signer's chain and a root");
      }
    }
  }
}
