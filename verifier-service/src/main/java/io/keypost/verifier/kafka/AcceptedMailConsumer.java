package io.keypost.verifier.kafka;

import io.keypost.directory.Directory;
import io.keypost.events.RetryTopics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.stage.BatchRunner;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.StageSettings;
import io.keypost.frame.StageMetrics;
import io.keypost.verifier.VerificationStage;
import io.keypost.verifier.VerifierConfig;
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
 * Reads {@code mail.accepted} and its retry topics. A batch is acknowledged when the returned stage
 * completes, which it does when everything that was decided is on all in-sync replicas; a record
 * that fails never fails its batch.
 */
@ApplicationScoped
public class AcceptedMailConsumer {
  private static final String STAGE = "verifier";

  private final ExecutorService cryptography;
  private final ExecutorService deciding;
  private final BatchRunner<AcceptedMail> runner;

  AcceptedMailConsumer(
      VerifierConfig config,
      Directory directory,
      EventPublisher publisher,
      InstantSource clock,
      MeterRegistry metrics) {
    this.cryptography =
        Executors.newFixedThreadPool(
            config.cryptographyThreads().orElse(Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().name("keypost-cryptography-", 0).daemon().factory());
    this.deciding = Executors.newVirtualThreadPerTaskExecutor();
    var stage = new VerificationStage(directory, cryptography, clock);
    this.runner =
        new BatchRunner<>(
            new StageSettings(
                STAGE, RetryTopics.ACCEPTED, config.decisionTimeout(), config.maxFaults()),
            new EventReader<>(MailEvents.ACCEPTED),
            stage::decide,
            deciding,
            publisher,
            clock,
            new StageMetrics(STAGE, metrics));
  }

  @Incoming("mail-accepted")
  CompletionStage<Void> accepted(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("mail-accepted-retry-10s")
  CompletionStage<Void> after10Seconds(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("mail-accepted-retry-1m")
  CompletionStage<Void> after1Minute(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @Incoming("mail-accepted-retry-10m")
  CompletionStage<Void> after10Minutes(ConsumerRecords<byte[], byte[]> batch) {
    return runner.run(batch);
  }

  @PreDestroy
  void stop() {
    deciding.shutdown();
    cryptography.shutdown();
  }
}
