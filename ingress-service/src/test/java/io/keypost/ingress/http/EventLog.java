package io.keypost.ingress.http;

import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicSettings;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.EventReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all that a topic holds. */
final class EventLog {
  private final KafkaSettings kafka;
  private final TopicSettings topics;

  EventLog(String bootstrapServers, TopicSettings topics) {
    this.kafka = new KafkaSettings(bootstrapServers, Map.of());
    this.topics = topics;
  }

  <T> List<T> all(EventCodec<T> codec) {
    String name = topics.nameOf(codec.topic());
    List<TopicPartition> partitions =
        IntStream.range(0, topics.partitionsOf(codec.topic()))
            .mapToObj(p -> new TopicPartition(name, p))
            .toList();
    EventReader<T> reader = new EventReader<>(codec);
    List<T> events = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.forConsumer("test"), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                polled -> {
                  if (reader.read(polled) instanceof EventReader.Read.Decoded<T>(var incoming)) {
                    events.add(incoming.event());
                  }
                });
      }
    }
    return events;
  }
}
