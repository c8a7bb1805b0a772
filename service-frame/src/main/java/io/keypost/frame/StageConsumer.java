package io.keypost.frame;

import io.keypost.events.stage.BatchRunner;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.properties.IfBuildProperty;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads the topic of the service's one {@link Stage} and its retry topics, in a service that sets
 * {@value #ENABLED}. A batch is acknowledged when the returned stage completes, which it does when
 * everything that was decided is on all in-sync replicas; a record that fails never fails its
 * batch.
 *
 * <p>Four methods and not one of four channels, because a channel hands over its next batch only
 * when the one before has ended: fresh mail would wait for what is not due yet.
 */
@ApplicationScoped
@IfBuildProperty(name = StageConsumer.ENABLED, stringValue = "true")
public class StageConsumer {
  /** Set in the {@code application.properties} of a service that is one stage. */
  static final String ENABLED = "keypost.stage.enabled";

  private final ExecutorService deciding;
  private final BatchRunner<?> runner;

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
  CompletionStage<Void> fresh(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("stage-retry-10s")
  CompletionStage<Void> after10Seconds(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("stage-retry-1m")
  CompletionStage<Void> after1Minute(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("stage-retry-10m")
  CompletionStage<Void> after10Minutes(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @PreDestroy
  void stop() {
    deciding.shutdown();
  }
}
