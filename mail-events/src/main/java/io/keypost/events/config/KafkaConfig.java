package io.keypost.events.config;

import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Optional;

/** {@code keypost.kafka.*} of the provider file. */
@ConfigMapping(prefix = "keypost.kafka")
public interface KafkaConfig {

  /** Brokers to begin with: host:port, comma separated. */
  String bootstrapServers();

  /**
   * Put before every topic name and consumer group; empty unless several providers share a cluster.
   */
  Optional<String> topicPrefix();

  /** Partitions of the topics that every message crosses; not to be changed on a living cluster. */
  @WithDefault("12")
  int partitions();

  /** Copies of each partition. */
  @WithDefault("3")
  int replication();

  /**
   * Copies that must have an event before it counts as written; below 2 only with {@code
   * keypost.single-node=true}.
   */
  @WithDefault("2")
  int minInsync();

  /** {@code keypost.single-node}: the provider knows that one broker keeps everything. */
  @WithDefault("${keypost.single-node:false}")
  boolean singleNode();

  /** Kafka's own settings that may pass through (TLS, SASL); {@link KafkaSettings} has the list. */
  Map<String, String> client();

  /** Checked settings of all topics. */
  default TopicSettings topics() {
    return new TopicSettings(
        topicPrefix().orElse(""),
        partitions(),
        replication(),
        minInsync(),
        singleNode() ? TopicSettings.Deployment.SINGLE_NODE : TopicSettings.Deployment.CLUSTER);
  }

  /** Checked settings of all clients. */
  default KafkaSettings clients() {
    return new KafkaSettings(bootstrapServers(), client());
  }
}
