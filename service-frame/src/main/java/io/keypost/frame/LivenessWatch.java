package io.keypost.frame;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when its own liveness stays down: a channel that failed for good reads nothing
 * any more, and only a new start mends that. Kubernetes would see it by its probe; Compose and
 * systemd start again only what has ended.
 */
@Singleton
public class LivenessWatch {
  static final Duration EVERY = Duration.ofSeconds(10);

  /** As often as a probe of Kubernetes fails by default before it acts. */
  static final int LOOKS = 3;

  /** {@code EX_SOFTWARE} of sysexits.h. */
  static final int EXIT_STATUS = 70;

  private static final Logger LOG = LoggerFactory.getLogger(LivenessWatch.class);

  private final Supplier<Uni<SmallRyeHealth>> liveness;
  private final Runnable end;
  private int downInARow;

  @Inject
  LivenessWatch(SmallRyeHealthReporter reporter) {
    this(reporter::getLivenessAsync, () -> Quarkus.asyncExit(EXIT_STATUS));
  }

  LivenessWatch(Supplier<Uni<SmallRyeHealth>> liveness, Runnable end) {
    this.liveness = liveness;
    this.end = end;
  }

  void begin(@Observes StartupEvent start, Vertx vertx) {
    vertx.setPeriodic(EVERY.toMillis(), _ -> look());
  }

  /** A look that fails tells nothing of the service. */
  void look() {
    liveness
        .get()
        .subscribe()
        .with(this::judge, failure -> LOG.warn("the service's liveness is not known", failure));
  }

  private synchronized void judge(SmallRyeHealth health) {
    if (!health.isDown()) {
      downInARow = 0;
      return;
    }
    downInARow++;
    if (downInARow == LOOKS) {
      LOG.error(
          "not alive at {} looks in a row, {} s apart; ending, to be started again: {}",
          LOOKS,
          EVERY.toSeconds(),
          health.getPayload());
      end.run();
    }
  }
}
