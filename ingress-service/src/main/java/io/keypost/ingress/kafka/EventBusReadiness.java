package io.keypost.ingress.kafka;

import io.keypost.events.config.KafkaConfig;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while the brokers cannot be reached: nothing can be accepted then, and a load balancer
 * that knows sends callers to an ingress that reaches them. A probe is answered at once, from what
 * was seen within the last seconds.
 *
 * <p>The directory is no part of this: what is verified already is kept, and an envelope whose
 * sender cannot be looked up is refused for later by itself, while all others pass.
 */
@Readiness
@Singleton
public class EventBusReadiness implements HealthCheck {
  /** From the end of one look to the next. */
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Admin admin;
  private final BrokerWatch watch;
  private volatile boolean stopped;

  EventBusReadiness(Vertx vertx, KafkaConfig kafka) {
    this.vertx = vertx;
    this.admin = Admin.create(kafka.clients().forAdmin());
    this.watch = new BrokerWatch(admin);
  }

  void lookAtStart(@Observes StartupEvent start) {
    watch.look();
    lookAgain();
  }

  private void lookAgain() {
    if (!stopped) {
      vertx.setTimer(
          PERIOD.toMillis(),
          timer ->
              vertx
                  .executeBlocking(
                      () -> {
                        watch.look();
                        return Optional.empty();
                      })
                  .onComplete(done -> lookAgain()));
    }
  }

  @PreDestroy
  void stop() {
    stopped = true;
    admin.close(CLOSE_TIMEOUT);
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("event bus");
    return watch
        .problem()
        .map(problem -> response.down().withData("problem", problem).build())
        .orElseGet(() -> response.up().build());
  }
}
