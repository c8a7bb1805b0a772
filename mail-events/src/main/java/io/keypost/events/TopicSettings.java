package io.keypost.events;

import java.util.regex.Pattern;

/**
 * What a provider sets for all of its topics.
 *
 * @param prefix put before every name, so that several providers may share a cluster; letters,
 *     digits, dots, dashes, at most 60 characters, may be empty
 * @param mailPartitions partitions of the topics that every message crosses, 1 to 1,000; never
 *     changed later, since keys must keep their partition
 * @param replication copies of each partition, 1 to 10
 * @param minInsync copies that must have a record before it counts as written, at most {@code
 *     replication}; 1 only on a single node
 * @param deployment whether the brokers are more than one
 */
public record TopicSettings(
    String prefix, int mailPartitions, int replication, int minInsync, Deployment deployment) {

  /** Partitions unless set otherwise. */
  public static final int DEFAULT_MAIL_PARTITIONS = 12;

  private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9.-]{0,60}");

  /** How many brokers there are. */
  public enum Deployment {
    /**
     * One broker: accepted mail is lost with its disk. For development and tests ({@code
     * keypost.single-node=true}).
     */
    SINGLE_NODE,
    /**
     * Several brokers: min.insync is at least 2, so that an acknowledged event survives the loss of
     * one.
     */
    CLUSTER
  }

  /** Checks every bound and relation. */
  public TopicSettings {
    require(
        PREFIX.matcher(prefix).matches(),
        "keypost.kafka.topic-prefix takes letters, digits, dots and dashes, at most 60");
    require(mailPartitions >= 1 && mailPartitions <= 1000, "keypost.kafka.partitions is 1 to 1000");
    require(replication >= 1 && replication <= 10, "keypost.kafka.replication is 1 to 10");
    require(
        minInsync >= 1 && minInsync <= replication,
        "keypost.kafka.min-insync is 1 to keypost.kafka.replication");
    require(
        minInsync >= 2 || deployment == Deployment.SINGLE_NODE,
        "keypost.kafka.min-insync below 2 needs keypost.single-node=true: an acknowledged event"
            + " would be lost with one broker");
  }

  /** The topic's name at the broker. */
  public String nameOf(Topics topic) {
    return prefix + topic.baseName();
  }

  /** The topic's number of partitions. */
  public int partitionsOf(Topics topic) {
    return switch (topic.width()) {
      case MAIL -> mailPartitions;
      case SIDE -> Math.max(1, mailPartitions / 3);
    };
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
