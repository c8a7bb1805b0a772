package io.keypost.delivery;

import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.protocol.refusal.RefusalCode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Counts outcomes ({@code keypost.outcomes}, by stage, outcome and code; {@code other} for a code
 * that this version does not know) and writes one line for each, with the message id.
 */
@ApplicationScoped
class OutcomeReport {
  /** The key under which JSON logs carry the message id, as in every service. */
  private static final String MESSAGE_ID = "messageId";

  private static final Logger LOG = Logger.getLogger(OutcomeReport.class);

  private final MeterRegistry registry;

  OutcomeReport(MeterRegistry registry) {
    this.registry = registry;
  }

  void on(@Observes OutcomesSettled settled) {
    for (Settlement settlement : settled.settlements()) {
      String outcome = settlement.outcome().word();
      String code = settlement.outcome().codeText().orElse("none");
      registry
          .counter(
              "keypost.outcomes",
              "stage",
              settled.stage(),
              "outcome",
              outcome,
              "code",
              label(settlement.outcome()))
          .increment();
      MDC.put(MESSAGE_ID, settlement.mail().messageId().base64Url());
      try {
        LOG.infof(
            "%s: %s is %s (%s), sender %s, recipient %s",
            settled.stage(),
            settlement.mail().key().envelopeDigest(),
            outcome,
            code,
            settlement.mail().sender(),
            settlement.mail().key().recipient());
      } finally {
        MDC.remove(MESSAGE_ID);
      }
    }
  }

  /** A receipt's code is its signer's text: only the codes that are listed become labels. */
  private static String label(TerminalOutcome outcome) {
    return switch (outcome) {
      case TerminalOutcome.Delivered _, TerminalOutcome.Expired _ -> "none";
      case TerminalOutcome.Unconfirmed _ -> TerminalOutcome.UNCONFIRMED;
      case TerminalOutcome.Refused(String code) -> listed(code);
      case TerminalOutcome.NeedsClient(String code) -> listed(code);
    };
  }

  private static String listed(String code) {
    return RefusalCode.byWire(code).map(RefusalCode::wire).orElse("other");
  }
}
