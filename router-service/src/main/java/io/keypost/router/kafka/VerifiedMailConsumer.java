package io.keypost.router.kafka;

import io.keypost.directory.Directory;
import io.keypost.events.RetryTopics;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.BatchRunner;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.StageSettings;
import io.keypost.frame.StageMetrics;
import io.keypost.protocol.address.MailDomain;
import io.keypost.router.RouterConfig;
import io.keypost.router.RoutingStage;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads {@code mail.verified} and its retry topics. A batch is acknowledged when the returned stage
 * completes, which it does when everything that was decided is on all in-sync replicas; a record
 * that fails never fails its batch.
 */
@ApplicationScoped
public class VerifiedMailConsumer {
  private static final String STAGE = "router";

  private final ExecutorService deciding;
  private final BatchRunner<VerifiedMail> runner;

  VerifiedMailConsumer(
      RouterConfig config,
      MailDomain operator,
      Directory directory,
      EventPublisher publisher,
      InstantSource clock,
      MeterRegistry metrics) {
    this.deciding = Executors.newVirtualThreadPerTaskExecutor();
    var stage = new RoutingStage(directory, operator, clock);
    this.runner =
        new BatchRunner<>(
            new StageSettings(
                STAGE, RetryTopics.VERIFIED, config.decisionTimeout(), config.maxFaults()),
            new EventReader<>(MailEvents.VERIFIED),
            stage::decide,
            deciding,
            publisher,
            clock,
            new StageMetrics(STAGE, metrics));
  }

  @Incoming("mail-verified")
  CompletionStage<Void> verified(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("mail-verified-retry-10s")
  CompletionStage<Void> after10Seconds(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("mail-verified-retry-1m")
  CompletionStage<Void> after1Minute(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("mail-verified-retry-10m")
  CompletionStage<Void> after10Minutes(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @PreDestroy
  void stop() {
    deciding.shutdown();
  }
}
