package io.keypost.ingress.http;

import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.peer.ProofsInProgress;
import io.keypost.directory.token.AccessTokens;
import io.keypost.frame.IdentityHolder;
import io.keypost.ingress.AcceptanceStage;
import io.keypost.ingress.IngressConfig;
import io.keypost.ingress.IngressMetrics;
import io.keypost.ingress.ReceiptStage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the public port when the service starts, enrolled or not: without an identity no handshake
 * succeeds, and readiness says why. When the service stops, every connection is told to send no
 * more (GOAWAY) and what is in progress may end.
 */
@Singleton
public class FrontDoor {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final IngressConfig config;
  private final IdentityHolder identity;
  private final Requests requests;
  private final IngressMetrics metrics;
  private final Connections connections;
  private final RequestLimits limits;

  private volatile State state = State.CLOSED;
  private volatile int port;

  /** Whether requests are taken. */
  enum State {
    /** Not opened yet, or closed for good. */
    CLOSED,
    /** Requests are taken. */
    OPEN,
    /** What is in progress may end, nothing new is taken. */
    DRAINING
  }

  FrontDoor(
      Vertx vertx,
      IngressConfig config,
      IdentityHolder identity,
      AccessTokens tokens,
      DirectoryClient directory,
      InstantSource clock,
      AcceptanceStage acceptance,
      ReceiptStage receipts,
      IngressMetrics metrics,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.config = config;
    this.identity = identity;
    this.metrics = metrics;
    this.connections = new Connections(directory.peers(), clock);
    Callers callers = new Callers(tokens, connections);
    this.limits = new RequestLimits(config.maxRequests(), config.maxRequestsPerCaller());
    ProofsInProgress tokenChecks = identifications(config);
    ProofsInProgress certificateChecks = identifications(config);
    this.requests =
        new Requests(
            vertx,
            config,
            callers,
            tokenChecks,
            certificateChecks,
            limits,
            acceptance,
            receipts,
            metrics);
    registry.gauge(
        "keypost.ingress.identifications.in.progress",
        Tags.of("way", "submission"),
        tokenChecks,
        ProofsInProgress::inProgress);
    registry.gauge(
        "keypost.ingress.identifications.in.progress",
        Tags.of("way", "transfer"),
        certificateChecks,
        ProofsInProgress::inProgress);
    registry.gauge("keypost.ingress.requests.in.progress", limits, RequestLimits::inProgress);
    registry.gauge("keypost.ingress.connections", connections, Connections::size);
  }

  private static ProofsInProgress identifications(IngressConfig config) {
    return new ProofsInProgress(config.maxIdentifications(), config.maxIdentificationsPerNetwork());
  }

  /** Whether requests are taken. */
  State state() {
    return state;
  }

  /** Requests in progress, as a share of those that may be: 0 to 1. */
  double share() {
    return Math.min(1, (double) limits.inProgress() / config.maxRequests());
  }

  /** The port that is listened on. */
  public int port() {
    return port;
  }

  void open(@Observes StartupEvent start) {
    DeploymentOptions instances = new DeploymentOptions().setInstances(config.eventLoops());
    await(vertx.deployVerticle(Listener::new, instances), START_TIMEOUT);
    state = State.OPEN;
    LOG.info("The front door listens on {}:{}", config.bindAddress(), port);
  }

  void drain(@Observes ShutdownEvent stop) {
    state = State.DRAINING;
    List<Future<Void>> ends = new ArrayList<>();
    for (HttpConnection connection : connections.all()) {
      ends.add(connection.shutdown(config.drainTimeout().toMillis()));
    }
    LOG.info("The front door closes, {} connections may end what they began", ends.size());
    await(Future.join(ends).otherwiseEmpty(), config.drainTimeout().plusSeconds(1));
    state = State.CLOSED;
  }

  private static void await(Future<?> future, Duration longest) {
    try {
      Object _ =
          future
              .toCompletionStage()
              .toCompletableFuture()
              .get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the front door could not be opened or closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One event loop's share of the port. */
  private final class Listener extends AbstractVerticle {
    @Override
    public void start(Promise<Void> started) {
      HttpServer server = vertx.createHttpServer(FrontDoorOptions.of(config, identity));
      server.connectionHandler(this::connected);
      server.exceptionHandler(metrics::connectionFailed);
      server.requestHandler(requests::handle);
      server
          .listen()
          .onSuccess(listening -> port = listening.actualPort())
          .<Void>mapEmpty()
          .onComplete(started);
    }

    private void connected(HttpConnection connection) {
      if (state == State.DRAINING) {
        Object _ = connection.close();
        return;
      }
      connections.opened(connection);
      connection.exceptionHandler(metrics::connectionFailed);
      connection.closeHandler(_ -> connections.closed(connection));
    }
  }
}
