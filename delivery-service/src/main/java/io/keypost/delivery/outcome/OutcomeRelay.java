package io.keypost.delivery.outcome;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutboxStore;
import io.keypost.delivery.store.OutboxStore.WaitingEvent;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.OutgoingEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Publishes {@code mail.outcome} from the outbox. An event is forgotten only when all in-sync
 * replicas have it; a crash between publishes it again, which every reader bears.
 */
@ApplicationScoped
public class OutcomeRelay {
  /** Events in one turn. Their rows stay locked while they are published. */
  static final int BATCH = 500;

  /** Longest time for that; below PostgreSQL's idle_in_transaction_session_timeout. */
  static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(75);

  private final Database database;
  private final OutboxStore outbox;
  private final EventPublisher publisher;
  private final DeliveryConfig config;
  private final WorkLoop loop;

  OutcomeRelay(
      Database database,
      OutboxStore outbox,
      EventPublisher publisher,
      DeliveryConfig config,
      Stopping stopping) {
    this.database = database;
    this.outbox = outbox;
    this.publisher = publisher;
    this.config = config;
    this.loop = new WorkLoop("outcome-relay", config.outcome().idle(), this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (config.runs(DeliveryRole.OUTCOME)) {
      loop.start();
    }
  }

  void wake(@Observes OutcomesSettled settled) {
    loop.wake();
  }

  void end(@Observes ShutdownEvent stop) {
    loop.close();
  }

  /** Publishes what waits, at most {@link #BATCH}; returns how many. */
  int step() {
    return database.inTransaction(this::publish);
  }

  private int publish(SqlConnection connection) {
    List<WaitingEvent> waiting = outbox.events(connection, BATCH);
    if (!waiting.isEmpty()) {
      List<OutgoingEvent> events = waiting.stream().map(OutcomeRelay::outgoing).toList();
      try {
        publisher
            .publish(events)
            .toCompletableFuture()
            .orTimeout(PUBLISH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
      outbox.published(connection, waiting);
    }
    return waiting.size();
  }

  private static OutgoingEvent outgoing(WaitingEvent waiting) {
    OutcomeEvent event = MailEvents.OUTCOME.decode(waiting.event().toByteArray());
    return MailEvents.OUTCOME.outgoing(
        event, EventHeaders.of(event.messageId().base64Url(), Optional.empty()));
  }
}
