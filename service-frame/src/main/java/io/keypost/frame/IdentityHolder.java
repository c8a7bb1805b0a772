package io.keypost.frame;

import io.keypost.directory.identity.IdentityWatch;
import io.keypost.directory.identity.ServerIdentity;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The identity under which this service connects out, as its directory holds it now. A service that
 * is not enrolled yet runs, not ready, and looks again every second; a renewed identity is taken
 * without a restart. Each new identity is fired as a CDI event.
 */
@Singleton
public class IdentityHolder implements Supplier<Optional<ServerIdentity>> {
  private final Vertx vertx;
  private final IdentityWatch watch;
  private long timer = -1;

  IdentityHolder(Vertx vertx, FrameConfig config, Event<ServerIdentity> changed) {
    this.vertx = vertx;
    this.watch = new IdentityWatch(config.identityDirectory(), changed::fire);
  }

  void lookAtStart(@Observes StartupEvent start) {
    watch.look();
    timer =
        vertx.setPeriodic(
            Duration.ofSeconds(IdentityWatch.PERIOD_SECONDS).toMillis(),
            tick ->
                vertx
                    .executeBlocking(
                        () -> {
                          watch.look();
                          return Optional.empty();
                        })
                    .onFailure(
                        error -> {
                          throw new IllegalStateException("looking at the identity failed", error);
                        }));
  }

  @PreDestroy
  void stop() {
    vertx.cancelTimer(timer);
  }

  /** The identity, once there is one. */
  @Override
  public Optional<ServerIdentity> get() {
    return watch.get();
  }
}
