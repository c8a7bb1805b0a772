package io.keypost.events.stage;

import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events and completes when all in-sync replicas have all of them. Thread safe.
 *
 * <p>The producer itself retries for {@link io.keypost.events.KafkaSettings#DELIVERY_TIMEOUT}; how
 * often an event that failed so is written again is the caller's {@link Patience}. An event may be
 * written twice by that, never lost: every reader bears duplicates.
 */
public final class EventPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  static {
    Duration longest =
        Patience.OUTLAST_AN_OUTAGE.longest().plus(StageSettings.DEFAULT_DECISION_TIMEOUT);
    if (longest.compareTo(KafkaSettings.UNPROCESSED_RECORD_MAX_AGE) >= 0) {
      throw new IllegalStateException("a stage must give up before its records count as stuck");
    }
  }

  private final Producer<byte[], byte[]> producer;
  private final TopicSettings topics;
  private final Executor sending;
  private final Patience patience;

  /** How long a failing write is tried again. */
  public enum Patience {
    /** Once: somebody waits for the answer and can come again. */
    ANSWER_NOW(1),
    /**
     * Eight deliveries, some eight minutes: a stage has nothing better to do while the brokers are
     * away. Given up before the record that caused the event counts as stuck.
     */
    OUTLAST_AN_OUTAGE(8);

    private final int deliveries;

    /** Longest time from the first write to the last failure. */
    Duration longest() {
      return KafkaSettings.DELIVERY_TIMEOUT.plus(PAUSE).multipliedBy(deliveries);
    }

    Patience(int deliveries) {
      this.deliveries = deliveries;
    }
  }

  /**
   * Writes through {@code producer}, which the caller closes.
   *
   * @param sending runs the calls into the producer, which may block for {@link
   *     io.keypost.events.KafkaSettings#MAX_BLOCK}; never an event loop
   */
  public EventPublisher(
      Producer<byte[], byte[]> producer,
      TopicSettings topics,
      Executor sending,
      Patience patience) {
    this.producer = producer;
    this.topics = topics;
    this.sending = sending;
    this.patience = patience;
  }

  /**
   * Writes all of {@code events}; fails with the first {@link KafkaException} when one of them
   * could not be written.
   */
  public CompletionStage<Void> publish(List<OutgoingEvent> events) {
    CompletableFuture<?>[] written =
        events.stream().map(event -> publish(event, 1)).toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(written);
  }

  private CompletableFuture<Void> publish(OutgoingEvent event, int delivery) {
    return send(event)
        .exceptionallyCompose(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (!(cause instanceof RetriableException) || delivery >= patience.deliveries) {
                return CompletableFuture.failedFuture(cause);
              }
              LOG.warn(
                  "{} was not written ({}), trying again",
                  topics.nameOf(event.topic()),
                  cause.toString());
              Executor later =
                  CompletableFuture.delayedExecutor(
                      PAUSE.toMillis(), TimeUnit.MILLISECONDS, sending);
              return CompletableFuture.completedFuture(event)
                  .thenComposeAsync(again -> publish(again, delivery + 1), later);
            });
  }

  private CompletableFuture<Void> send(OutgoingEvent event) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ProducerRecord<byte[], byte[]> outgoing =
        new ProducerRecord<>(
            topics.nameOf(event.topic()),
            null,
            event.key().toByteArray(),
            event.value().toByteArray(),
            event.headers().write());
    try {
      sending.execute(() -> sendNow(outgoing, done));
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(new KafkaException("too many events wait to be written", e));
    }
    return done;
  }

  private void sendNow(ProducerRecord<byte[], byte[]> outgoing, CompletableFuture<Void> done) {
    try {
      // The callback tells all that the returned future would.
      var _ =
          producer.send(
              outgoing,
              (metadata, failure) -> {
                if (failure == null) {
                  done.complete(null);
                } else {
                  done.completeExceptionally(failure);
                }
              });
    } catch (RuntimeException e) {
      done.completeExceptionally(
          e instanceof KafkaException ? e : new KafkaException("the producer failed", e));
    }
  }
}
