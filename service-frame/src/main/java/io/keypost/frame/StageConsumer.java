package io.keypost.frame;

import io.keypost.events.RetryTopics;
import io.keypost.events.stage.BatchRunner;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.InFlight;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.properties.IfBuildProperty;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic of the service's one {@link Stage} and its retry topics, in a service that sets
 * {@value #ENABLED}. A batch is acknowledged when everything that was decided about it is on all
 * in-sync replicas; a record that fails never fails its batch. Offsets are committed in their order
 * whatever ends first.
 *
 * <p>A channel hands over its next batch when the returned stage completes: as soon as there is
 * room, so that mail whose directory is slow holds up no other (threat T15). Four methods and not
 * one of four channels, because fresh mail must not wait for what is not due yet either.
 */
@ApplicationScoped
@IfBuildProperty(name = StageConsumer.ENABLED, stringValue = "true")
public class StageConsumer {
  /** Set in the {@code application.properties} of a service that is one stage. */
  static final String ENABLED = "keypost.stage.enabled";

  /** Fresh records in flight at which no other batch is taken; a record takes a few KiB. */
  static final int MAX_FRESH_IN_FLIGHT = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(StageConsumer.class);

  private final ExecutorService deciding;
  private final BatchRunner<?> runner;
  private final InFlight fresh = new InFlight(MAX_FRESH_IN_FLIGHT);
  private final InFlight after10Seconds = new InFlight(RetryTopics.MAX_POLL_RECORDS);
  private final InFlight after1Minute = new InFlight(RetryTopics.MAX_POLL_RECORDS);
  private final InFlight after10Minutes = new InFlight(RetryTopics.MAX_POLL_RECORDS);

  StageConsumer(
      Stage<?> stage, EventPublisher publisher, InstantSource clock, MeterRegistry metrics) {
    this.deciding = Executors.newVirtualThreadPerTaskExecutor();
    this.runner = runner(stage, deciding, publisher, clock, metrics);
  }

  private static <T> BatchRunner<T> runner(
      Stage<T> stage,
      ExecutorService deciding,
      EventPublisher publisher,
      InstantSource clock,
      MeterRegistry metrics) {
    return new BatchRunner<>(
        stage.settings(),
        new EventReader<>(stage.codec()),
        stage.decision(),
        deciding,
        publisher,
        clock,
        new StageMetrics(stage.settings().stage(), metrics));
  }

  @Incoming("stage")
  CompletionStage<Void> fresh(Message<List<byte[]>> batch) {
    return begin(batch, fresh);
  }

  @Incoming("stage-retry-10s")
  CompletionStage<Void> after10Seconds(Message<List<byte[]>> batch) {
    return begin(batch, after10Seconds);
  }

  @Incoming("stage-retry-1m")
  CompletionStage<Void> after1Minute(Message<List<byte[]>> batch) {
    return begin(batch, after1Minute);
  }

  @Incoming("stage-retry-10m")
  CompletionStage<Void> after10Minutes(Message<List<byte[]>> batch) {
    return begin(batch, after10Minutes);
  }

  @SuppressWarnings("unchecked") // the channels read octets
  private CompletionStage<Void> begin(Message<List<byte[]>> batch, InFlight inFlight) {
    ConsumerRecords<byte[], byte[]> records =
        batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow().getRecords();
    var _ =
        runner
            .run(records, inFlight)
            .handle((_, failure) -> failure == null ? batch.ack() : batch.nack(failure))
            .thenCompose(acknowledged -> acknowledged)
            .exceptionally(
                failure -> {
                  LOG.error("a batch was not acknowledged and is read again", failure);
                  return null;
                });
    return inFlight.room();
  }

  @PreDestroy
  void stop() {
    deciding.shutdown();
  }
}
