package io.keypost.frame;

import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.ProposedOutcome.ProposedExpiry;
import io.keypost.events.mail.ProposedOutcome.ProposedRefusal;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.StageDecision;
import io.keypost.protocol.refusal.Refusal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a stage ends an envelope: it proposes an outcome on {@code mail.proposed}; delivery's outcome
 * table disposes (KP-OUT-1).
 *
 * @param stage who proposes
 */
public record Proposals(ProposedOutcome.Stage stage) {

  /** Proposes that {@code mail} is refused. */
  public StageDecision refuse(
      SealedMail mail, Arrival arrival, Refusal refusal, EventHeaders headers, Instant now) {
    @Nullable String record =
        switch (refusal) {
          case Refusal.NeedsClient needs -> needs.record();
          case Refusal.Permanent _ -> null;
          case Refusal.RetryAfter later ->
              throw new IllegalArgumentException(later.code().wire() + " ends nothing");
        };
    return propose(
        new ProposedRefusal(
            mail,
            arrival,
            refusal.code(),
            stage,
            refusal.detail(),
            record,
            now.truncatedTo(ChronoUnit.MILLIS)),
        headers);
  }

  /** Proposes that the life of {@code mail} is over. */
  public StageDecision expire(SealedMail mail, Arrival arrival, EventHeaders headers, Instant now) {
    return propose(
        new ProposedExpiry(mail, arrival, stage, now.truncatedTo(ChronoUnit.MILLIS)), headers);
  }

  private static StageDecision propose(ProposedOutcome proposal, EventHeaders headers) {
    return StageDecision.Emit.of(MailEvents.PROPOSED.outgoing(proposal, headers.passedOn()));
  }
}
