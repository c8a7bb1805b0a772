package io.keypost.frame;

import io.keypost.events.config.KafkaConfig;
import io.keypost.events.stage.EventPublisher;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The way to Kafka: one producer a process, and what the channels' consumers have in common. */
@Singleton
public class EventBus {
  /** The name by which a channel's {@code kafka-configuration} asks for {@link #forChannels}. */
  public static final String CONSUMER = "keypost-consumer";

  /** Events that may wait to be handed to the producer; beyond it writing fails at once. */
  private static final int MAX_WAITING = 10_000;

  /** How long unsent events may hold up the end of the process. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Producer<byte[], byte[]> producer;
  private final ExecutorService sending;
  private final EventPublisher publisher;
  private final KafkaConfig kafka;

  EventBus(KafkaConfig kafka, FrameConfig config) {
    this.kafka = kafka;
    this.producer =
        new KafkaProducer<>(
            kafka.clients().forProducer(), new ByteArraySerializer(), new ByteArraySerializer());
    this.sending =
        new ThreadPoolExecutor(
            config.sendingThreads(),
            config.sendingThreads(),
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("keypost-sending-", 0).daemon().factory());
    this.publisher = new EventPublisher(producer, kafka.topics(), sending, config.patience());
  }

  /** Completes a write when all in-sync replicas have it. */
  @Produces
  @Singleton
  EventPublisher publisher() {
    return publisher;
  }

  /**
   * What reaches the brokers (TLS, SASL) for the consumers of SmallRye's channels. Group,
   * assignment and commits stand in each channel's own settings.
   */
  @Produces
  @Singleton
  @Identifier(CONSUMER) Map<String, Object> forChannels() {
    return Map.copyOf(kafka.clients().client());
  }

  @PreDestroy
  void close() {
    sending.shutdown();
    producer.close(CLOSE_TIMEOUT);
  }
}
