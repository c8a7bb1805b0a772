package io.keypost.frame;

import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.StageDecision;
import io.keypost.events.stage.StageListener;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what became of each event ({@code keypost.stage.events}, by stage, decision and topic or
 * reason) and writes one line for each, with the message id.
 */
public final class StageMetrics implements StageListener {
  private static final Logger LOG = LoggerFactory.getLogger(StageMetrics.class);

  private final String stage;
  private final MeterRegistry registry;

  /**
   * For one stage.
   *
   * @param stage its name, as in logs and dead letters
   */
  public StageMetrics(String stage, MeterRegistry registry) {
    this.stage = stage;
    this.registry = registry;
  }

  @Override
  public void settled(EventHeaders headers, StageDecision decision) {
    try (var _ = MessageLog.about(headers)) {
      switch (decision) {
        case StageDecision.Emit(var events) -> {
          for (var event : events) {
            count("emit", event.topic().baseName());
            LOG.info("{}: to {}", stage, event.topic().baseName());
          }
        }
        case StageDecision.Retry(var atLeast, String why) -> {
          count("retry", why);
          LOG.info("{}: later, {} (asked to wait {})", stage, why, atLeast);
        }
        case StageDecision.GiveUp(var reason, String error) -> {
          count("dead_letter", reason.wire());
          LOG.error("{}: to the dead letters, {}: {}", stage, reason.wire(), error);
        }
      }
    }
  }

  private void count(String decision, String detail) {
    registry
        .counter("keypost.stage.events", "stage", stage, "decision", decision, "detail", detail)
        .increment();
  }
}
