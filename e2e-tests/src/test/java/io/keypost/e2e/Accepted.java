package io.keypost.e2e;

import io.keypost.events.Topics;
import io.keypost.stack.LocalStack;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How far a provider's {@code mail.accepted} had come at one moment.
 *
 * @param ends offset of the next event of each partition
 */
record Accepted(String bootstrap, Map<TopicPartition, Long> ends) {
  private static final Duration POLL = Duration.ofMillis(200);

  static Accepted now(LocalStack stack, String operator) {
    String bootstrap = stack.servers().kafkaBootstrap();
    // As the provider file has it: a prefix for each provider, on the one cluster of the stack.
    String topic = operator + "." + Topics.MAIL_ACCEPTED.baseName();
    try (var consumer = consumer(bootstrap)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      return new Accepted(bootstrap, consumer.endOffsets(partitions));
    }
  }

  /** How many events that hold {@code text} as it is came after that. */
  long sinceThenWith(String text) {
    try (var consumer = consumer(bootstrap)) {
      consumer.assign(ends.keySet());
      ends.forEach(consumer::seek);
      Map<TopicPartition, Long> last = consumer.endOffsets(ends.keySet());
      long found = 0;
      while (last.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (var event : consumer.poll(POLL)) {
          if (new String(event.value(), StandardCharsets.ISO_8859_1).contains(text)) {
            found++;
          }
        }
      }
      return found;
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
    return new KafkaConsumer<>(
        Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
