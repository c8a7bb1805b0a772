package io.keypost.testsupport;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicAdmin;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.OutgoingEvent;
import io.keypost.events.wire.DeadLetter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * All topics of the table under a prefix of their own: puts events in where a service reads, and
 * waits for what it writes. Everything is put into {@link #PARTITION}, so that what is put later
 * stands behind what was put before.
 */
public final class TestTopics implements AutoCloseable {
  /** The partition that everything is put into. */
  public static final int PARTITION = 0;

  /** How long anything is waited for; what comes at all comes much sooner. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int PARTITIONS = 2;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int BROKER_SECONDS = 30;
  private static final int LINGER_MILLIS = 10_000;

  private final KafkaSettings kafka;
  private final TopicSettings settings;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  private TestTopics(KafkaSettings kafka, TopicSettings settings) {
    this.kafka = kafka;
    this.settings = settings;
    this.admin = Admin.create(kafka.forAdmin());
    Map<String, Object> patient = new HashMap<>(kafka.forProducer());
    // Nothing leaves before flush(), and what left together is read together.
    patient.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
    this.producer =
        new KafkaProducer<>(patient, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * An event as it stands in a topic.
   *
   * @param appendedAt when, by the broker's clock, in Unix milliseconds
   */
  public record Found<T>(T event, EventHeaders headers, byte[] key, long appendedAt) {}

  /**
   * Makes the topics for the service that will see {@code config}.
   *
   * @param config of a {@link KeypostTestResource}; the number of partitions is put into it
   */
  public static TestTopics create(Map<String, String> config) {
    config.put("keypost.kafka.partitions", Integer.toString(PARTITIONS));
    TestTopics topics =
        new TestTopics(
            new KafkaSettings(required(config, "keypost.kafka.bootstrap-servers"), Map.of()),
            new TopicSettings(
                required(config, "keypost.kafka.topic-prefix"),
                PARTITIONS,
                1,
                1,
                TopicSettings.Deployment.SINGLE_NODE));
    new TopicAdmin(topics.admin, topics.settings).apply();
    return topics;
  }

  private static String required(Map<String, String> config, String key) {
    String value = config.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is not set");
    }
    return value;
  }

  /** A consumer group of this provider, as services name theirs. */
  public String group(String operator, String stage) {
    return settings.prefix() + operator + "-" + stage;
  }

  /** Puts an event into the topic of its codec; returns its offset. */
  public <T> long put(EventCodec<T> codec, T event) {
    return put(codec, event, codec.topic(), EventHeaders.none());
  }

  /** Puts an event into {@code topic}, with headers of its own; returns its offset. */
  public <T> long put(EventCodec<T> codec, T event, Topics topic, EventHeaders headers) {
    return send(record(codec, event, topic, headers)).getFirst();
  }

  /** Puts two events so that a consumer gets both at once; returns the offset of the first. */
  public <T> long putTogether(EventCodec<T> codec, T first, T second) {
    return send(
            record(codec, first, codec.topic(), EventHeaders.none()),
            record(codec, second, codec.topic(), EventHeaders.none()))
        .getFirst();
  }

  /** Puts octets that may be no event; returns their offset. */
  public long put(Topics topic, byte[] key, byte[] value, Headers headers) {
    return send(new ProducerRecord<>(settings.nameOf(topic), PARTITION, key, value, headers))
        .getFirst();
  }

  private <T> ProducerRecord<byte[], byte[]> record(
      EventCodec<T> codec, T event, Topics topic, EventHeaders headers) {
    OutgoingEvent outgoing = codec.outgoing(event, headers);
    return new ProducerRecord<>(
        settings.nameOf(topic),
        PARTITION,
        outgoing.key().toByteArray(),
        outgoing.value().toByteArray(),
        headers.write());
  }

  @SafeVarargs
  private List<Long> send(ProducerRecord<byte[], byte[]>... records) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> each : records) {
      sent.add(producer.send(each));
    }
    producer.flush();
    return sent.stream().map(future -> await(future).offset()).toList();
  }

  /** Waits for an event in the topic of its codec. */
  public <T> Found<T> await(EventCodec<T> codec, Predicate<T> fits) {
    return await(codec, codec.topic(), fits);
  }

  /** Waits for an event in {@code topic}, which may be a retry topic. */
  public <T> Found<T> await(EventCodec<T> codec, Topics topic, Predicate<T> fits) {
    return await(topic, polled -> read(codec, polled).filter(found -> fits.test(found.event())));
  }

  /** Waits for a dead letter. */
  public DeadLetter awaitDeadLetter(Predicate<DeadLetter> fits) {
    return await(Topics.MAIL_DEAD_LETTER, polled -> deadLetter(polled).filter(fits));
  }

  /** All events that the topic holds now. */
  public <T> List<T> all(EventCodec<T> codec) {
    List<T> events = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginning(codec.topic())) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer
            .poll(POLL)
            .forEach(polled -> read(codec, polled).ifPresent(found -> events.add(found.event())));
      }
    }
    return events;
  }

  /** Offset at which a consumer group would go on in {@link #PARTITION}; 0 at first. */
  public long committed(String group, Topics topic) {
    TopicPartition partition = new TopicPartition(settings.nameOf(topic), PARTITION);
    OffsetAndMetadata offset =
        await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(partition);
    return offset == null ? 0 : offset.offset();
  }

  /** Takes a topic away with all that stands in it: a write to it waits until it is back. */
  public void takeAway(Topics topic) {
    String name = settings.nameOf(topic);
    await(admin.deleteTopics(List.of(name)).all());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      if (!await(admin.listTopics().names()).contains(name)) {
        return;
      }
    }
    throw new AssertionError("the broker still has " + topic.baseName());
  }

  /** Makes what was taken away anew. */
  public void bringBack() {
    new TopicAdmin(admin, settings).apply();
  }

  private <R> R await(Topics topic, Function<ConsumerRecord<byte[], byte[]>, Optional<R>> fits) {
    int seen = 0;
    try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginning(topic)) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> polled : consumer.poll(POLL)) {
          seen++;
          Optional<R> found = fits.apply(polled);
          if (found.isPresent()) {
            return found.get();
          }
        }
      }
    }
    throw new AssertionError(
        "of " + seen + " records in " + topic.baseName() + " none fits, within " + PATIENCE);
  }

  /** In no group: nothing to be balanced, and nothing is committed. */
  private KafkaConsumer<byte[], byte[]> fromTheBeginning(Topics topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            new HashMap<>(kafka.forConsumer(settings.prefix() + "test")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, settings.partitionsOf(topic))
            .mapToObj(number -> new TopicPartition(settings.nameOf(topic), number))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private static <T> Optional<Found<T>> read(
      EventCodec<T> codec, ConsumerRecord<byte[], byte[]> polled) {
    return switch (new EventReader<>(codec).read(polled)) {
      case EventReader.Read.Decoded<T>(var incoming) ->
          Optional.of(
              new Found<>(incoming.event(), incoming.headers(), polled.key(), polled.timestamp()));
      case EventReader.Read.Undecodable<T> _ -> Optional.empty();
    };
  }

  private static Optional<DeadLetter> deadLetter(ConsumerRecord<byte[], byte[]> polled) {
    try {
      return Optional.of(DeadLetter.parseFrom(polled.value()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a dead letter that is none", e);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get(BROKER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the broker did not do as it was asked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    admin.close(Duration.ofSeconds(5));
  }
}
