package io.keypost.events.command;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.stage.DeadLetters;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes a dead letter's record back to the topic that it was read from, with key, value and
 * headers as they were. Blocks.
 */
final class DeadLetterReplay implements AutoCloseable {
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final TopicSettings topics;

  /** Where the record stands now. */
  record Replayed(String topic, int partition, long offset) {}

  private DeadLetterReplay(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer,
      TopicSettings topics) {
    this.consumer = consumer;
    this.producer = producer;
    this.topics = topics;
  }

  static DeadLetterReplay open(KafkaSettings kafka, TopicSettings topics) {
    return new DeadLetterReplay(
        new KafkaConsumer<>(
            kafka.forConsumer(topics.prefix() + "replay"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer()),
        new KafkaProducer<>(
            kafka.forProducer(), new ByteArraySerializer(), new ByteArraySerializer()),
        topics);
  }

  Replayed replay(int partition, long offset) {
    ConsumerRecord<byte[], byte[]> givenUp =
        read(new TopicPartition(topics.nameOf(Topics.MAIL_DEAD_LETTER), partition), offset);
    if (Arrays.stream(Topics.values()).map(topics::nameOf).noneMatch(givenUp.topic()::equals)) {
      throw new KafkaException(givenUp.topic() + " is none of this provider's topics");
    }
    ProducerRecord<byte[], byte[]> again =
        new ProducerRecord<>(
            givenUp.topic(), null, givenUp.key(), givenUp.value(), givenUp.headers());
    try {
      RecordMetadata written =
          producer.send(again).get(KafkaSettings.DELIVERY_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      return new Replayed(written.topic(), written.partition(), written.offset());
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("not written to " + givenUp.topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  /** The record that the dead letter holds. */
  private ConsumerRecord<byte[], byte[]> read(TopicPartition partition, long offset) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
    for (ConsumerRecord<byte[], byte[]> polled : consumer.poll(POLL_TIMEOUT).records(partition)) {
      if (polled.offset() == offset) {
        try {
          return DeadLetters.givenUp(polled);
        } catch (InvalidProtocolBufferException e) {
          throw new KafkaException(partition + " offset " + offset + " holds no dead letter", e);
        }
      }
    }
    throw new KafkaException(partition + " has no record at offset " + offset);
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
  }
}
