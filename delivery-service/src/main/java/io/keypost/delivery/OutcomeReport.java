package io.keypost.delivery;

import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.Settlement;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Counts outcomes ({@code keypost.outcomes}, by stage, outcome and code) and writes one line for
 * each, with the message id.
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
          .counter("keypost.outcomes", "stage", settled.stage(), "outcome", outcome, "code", code)
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
}
