package io.keypost.delivery.handover;

import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one attempt means for one envelope. */
public sealed interface TransferVerdict {

  /** The peer has custody. */
  record HandedOver() implements TransferVerdict {}

  /** The envelope ends here, by the peer's typed refusal. */
  record Ends(TerminalOutcome outcome, Refusal because) implements TransferVerdict {}

  /**
   * Again later; nothing of it is at the peer by this attempt.
   *
   * @param atLeast what the peer asked for
   * @param code why
   * @param problem the same in words
   */
  record Later(Duration atLeast, RefusalCode code, String problem) implements TransferVerdict {}

  /** Sent in whole or in part, and not answered: the peer may have custody. */
  record Unanswered(String problem) implements TransferVerdict {}

  /**
   * Reads the answer to a request.
   *
   * @param sent the frames in the order in which they were sent
   * @return a verdict for each envelope
   */
  static Map<Leased, TransferVerdict> of(List<TransferFrame> sent, Answer answer) {
    Map<Leased, TransferVerdict> verdicts = new LinkedHashMap<>();
    int next = 0;
    boolean stopped = false;
    for (TransferFrame frame : sent) {
      boolean readHere = !stopped;
      for (Leased envelope : frame.envelopes()) {
        if (next < answer.statuses().size()) {
          verdicts.put(envelope, of(answer.statuses().get(next++), envelope.doubt()));
        } else if (answer.stopped() == null) {
          verdicts.put(envelope, new Unanswered("the answer has no status for it"));
        } else if (readHere) {
          stopped = true;
          verdicts.put(envelope, of(new Status.Refused(answer.stopped()), envelope.doubt()));
        } else {
          verdicts.put(
              envelope, new Later(Duration.ZERO, RefusalCode.BUSY, "the peer read no further"));
        }
      }
    }
    return verdicts;
  }

  private static TransferVerdict of(Status status, Doubt doubt) {
    return switch (status) {
      case Status.Accepted() -> new HandedOver();
      case Status.Refused(Refusal refusal) -> of(refusal, doubt);
    };
  }

  private static TransferVerdict of(Refusal refusal, Doubt doubt) {
    Optional<TerminalOutcome> end = OutcomeRules.ofAnswer(refusal);
    if (end.isPresent() && doubt == Doubt.NONE) {
      return new Ends(end.get(), refusal);
    }
    // An earlier attempt may have been accepted: then only the peer's receipt may say how it ends.
    // And what is wrong with this operator, its certificate or its request is no fault of the
    // message: it is tried again until it expires.
    return switch (refusal) {
      case Refusal.RetryAfter retry -> new Later(retry.after(), retry.code(), retry.detail());
      case Refusal.Permanent _, Refusal.NeedsClient _ ->
          new Later(Refusal.MAX_RETRY, refusal.code(), refusal.detail());
    };
  }
}
