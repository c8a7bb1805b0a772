package io.keypost.delivery.outcome;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.SubmissionStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * What this provider's users sent and what has no outcome yet, as a metric ({@value #METRIC}): the
 * last term of custody (KP-OUT-7). Every replica counts the same rows, so replicas are not added
 * up. Not a number before the first count and while the database does not answer.
 */
@ApplicationScoped
public class SubmissionsInFlight {
  static final String METRIC = "keypost.submissions.in.flight";

  /** The count reads the index of some two weeks of submissions: not for every scrape. */
  private static final Duration IDLE = Duration.ofMinutes(5);

  private static final Logger LOG = Logger.getLogger(SubmissionsInFlight.class);

  private final Database database;
  private final SubmissionStore submissions;
  private final InstantSource clock;
  private final MeterRegistry registry;
  private final boolean active;
  private final WorkLoop loop;
  private volatile double count = Double.NaN;

  SubmissionsInFlight(
      Database database,
      SubmissionStore submissions,
      InstantSource clock,
      MeterRegistry registry,
      DeliveryConfig config,
      Stopping stopping) {
    this.database = database;
    this.submissions = submissions;
    this.clock = clock;
    this.registry = registry;
    this.active = config.runs(DeliveryRole.OUTCOME);
    this.loop = new WorkLoop("submissions-in-flight", IDLE, this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (active) {
      Gauge.builder(METRIC, this, counted -> counted.count)
          .description("Envelopes that users sent and that have no outcome yet")
          .register(registry);
      loop.start();
    }
  }

  void end(@Observes ShutdownEvent stop) {
    loop.close();
  }

  /** Counts anew; there is never more to do at once. */
  int step() {
    try {
      count = submissions.countInFlight(database, clock.instant().minus(LostMailSweep.LOOKS_BACK));
    } catch (RuntimeException e) {
      // A count that fails is not worth a second try under load; the next one comes.
      count = Double.NaN;
      LOG.warn("submissions in flight were not counted", e);
    }
    return 0;
  }
}
