package io.keypost.frame;

import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.testsupport.SharedServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A provider's corner of the shared broker: a prefix of its own, one partition a topic. */
final class KafkaFixture implements AutoCloseable {
  static final int PARTITIONS = 1;
  private static final Duration POLL = Duration.ofSeconds(20);

  final KafkaSettings kafka = new KafkaSettings(SharedServers.get().kafkaBootstrap(), Map.of());
  final TopicSettings topics = settings(SharedServers.get().newTopicPrefix(), PARTITIONS, 1);
  final Admin admin = Admin.create(kafka.forAdmin());

  static TopicSettings settings(String prefix, int partitions, int replication) {
    return new TopicSettings(
        prefix, partitions, replication, 1, TopicSettings.Deployment.SINGLE_NODE);
  }

  /** The provider file of this corner. */
  String providerFile() {
    return """
    keypost:
      operator: alpha.test
      single-node: true
      kafka:
        bootstrap-servers: "%s"
        topic-prefix: "%s"
        partitions: %d
        replication: 1
        min-insync: 1
    """
        .formatted(kafka.bootstrapServers(), topics.prefix(), PARTITIONS);
  }

  RecordMetadata write(ProducerRecord<byte[], byte[]> record) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            kafka.forProducer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      return producer.send(record).get();
    }
  }

  /** The first {@code count} records of a topic; fewer when no more come. */
  List<ConsumerRecord<byte[], byte[]>> read(Topics topic, int count) {
    TopicPartition partition = new TopicPartition(topics.nameOf(topic), 0);
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            kafka.forConsumer(topics.prefix() + "test"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (found.size() < count) {
        var polled = consumer.poll(POLL).records(partition);
        if (polled.isEmpty()) {
          break;
        }
        found.addAll(polled);
      }
    }
    return found;
  }

  @Override
  public void close() {
    admin.close();
  }
}
