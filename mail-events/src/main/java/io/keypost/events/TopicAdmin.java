package io.keypost.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Creates the topics of {@link Topics} and checks that they are as declared. Blocks: for the
 * command line, and for a service's start off the event loop. Every call to the broker is bounded
 * by {@link #BROKER_TIMEOUT}.
 */
public final class TopicAdmin {

  /** How long one request to the brokers may take. */
  public static final Duration BROKER_TIMEOUT = Duration.ofSeconds(30);

  /** Between two looks at whether a change is seen. */
  public static final Duration VISIBLE_POLL = Duration.ofMillis(100);

  /** As many looks as fit into {@link #BROKER_TIMEOUT}. */
  private static final int VISIBLE_LOOKS = (int) BROKER_TIMEOUT.dividedBy(VISIBLE_POLL);

  /**
   * Largest record: an envelope with signature and records takes less than 64 KiB, a dead letter
   * wraps one of these.
   */
  private static final int MAX_MESSAGE_OCTETS = 1024 * 1024;

  private final Admin admin;
  private final TopicSettings settings;
  private final Pause pause;

  /** Lets time pass. */
  @FunctionalInterface
  public interface Pause {
    /** Returns after {@code length}. */
    void last(Duration length) throws InterruptedException;
  }

  /** Takes the connection (closed by the caller) and what the provider set; waits for real. */
  public TopicAdmin(Admin admin, TopicSettings settings) {
    this(admin, settings, Thread::sleep);
  }

  /**
   * The same, with waits that are the caller's.
   *
   * @param pause how {@link #apply} waits until what it changed is seen
   */
  public TopicAdmin(Admin admin, TopicSettings settings, Pause pause) {
    this.admin = admin;
    this.settings = settings;
    this.pause = pause;
  }

  /**
   * Creates what is missing and sets what a topic can be set to afterwards. May run at any time and
   * several times at once.
   *
   * @throws TopicsDifferException if something differs that is not changed on a living topic
   *     (partitions, replication)
   * @throws KafkaException if the brokers refuse or do not answer
   */
  public void apply() {
    createMissing();
    awaitVisible(this::allExist);
    if (correctSettings()) {
      awaitVisible(this::allAreSet);
    }
    check();
  }

  /** A broker acknowledges a change before every broker's metadata has it. */
  private void awaitVisible(BooleanSupplier change) {
    for (int look = 1; look < VISIBLE_LOOKS && !change.getAsBoolean(); look++) {
      try {
        pause.last(VISIBLE_POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaException("interrupted", e);
      }
    }
  }

  private boolean allExist() {
    return descriptions().size() == Topics.values().length;
  }

  private boolean allAreSet() {
    return differences().stream().noneMatch(TopicDifference.Setting.class::isInstance);
  }

  /**
   * Compares the brokers' topics with the table.
   *
   * @throws TopicsDifferException if anything differs
   * @throws KafkaException if the brokers refuse or do not answer
   */
  public void check() {
    List<TopicDifference> differences = differences();
    if (!differences.isEmpty()) {
      throw new TopicsDifferException(differences);
    }
  }

  /** What differs, in the order of the table; empty when all is as declared. */
  public List<TopicDifference> differences() {
    Map<String, TopicDescription> descriptions = descriptions();
    Map<String, Config> configs = configs(descriptions.keySet());
    List<TopicDifference> differences = new ArrayList<>();
    for (Topics topic : Topics.values()) {
      String name = settings.nameOf(topic);
      TopicDescription description = descriptions.get(name);
      Config config = configs.get(name);
      if (description == null || config == null) {
        differences.add(new TopicDifference.Missing(name));
      } else {
        compareLayout(topic, description, differences);
        compareSettings(topic, config, differences);
      }
    }
    return List.copyOf(differences);
  }

  private void compareLayout(
      Topics topic, TopicDescription found, List<TopicDifference> differences) {
    int partitions = settings.partitionsOf(topic);
    if (found.partitions().size() != partitions) {
      differences.add(
          new TopicDifference.Partitions(found.name(), partitions, found.partitions().size()));
    }
    found.partitions().stream()
        .mapToInt(partition -> partition.replicas().size())
        .filter(copies -> copies != settings.replication())
        .findFirst()
        .ifPresent(
            copies ->
                differences.add(
                    new TopicDifference.Replication(found.name(), settings.replication(), copies)));
  }

  private void compareSettings(Topics topic, Config found, List<TopicDifference> differences) {
    topicConfig(topic)
        .forEach(
            (name, expected) -> {
              ConfigEntry entry = found.get(name);
              String value = entry == null || entry.value() == null ? "" : entry.value();
              if (!value.equals(expected)) {
                differences.add(
                    new TopicDifference.Setting(settings.nameOf(topic), name, expected, value));
              }
            });
  }

  private void createMissing() {
    Map<String, TopicDescription> existing = descriptions();
    List<NewTopic> missing = new ArrayList<>();
    for (Topics topic : Topics.values()) {
      String name = settings.nameOf(topic);
      if (!existing.containsKey(name)) {
        missing.add(
            new NewTopic(name, settings.partitionsOf(topic), (short) settings.replication())
                .configs(topicConfig(topic)));
      }
    }
    admin
        .createTopics(missing)
        .values()
        .values()
        .forEach(created -> awaitUnless(created, TopicExistsException.class));
  }

  /** Returns whether anything had to be set. */
  private boolean correctSettings() {
    Map<ConfigResource, Collection<AlterConfigOp>> changes =
        new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
    for (TopicDifference difference : differences()) {
      if (difference
          instanceof
          TopicDifference.Setting(String topic, String name, String expected, String _)) {
        changes
            .computeIfAbsent(
                new ConfigResource(ConfigResource.Type.TOPIC, topic), _ -> new ArrayList<>())
            .add(new AlterConfigOp(new ConfigEntry(name, expected), AlterConfigOp.OpType.SET));
      }
    }
    if (changes.isEmpty()) {
      return false;
    }
    await(admin.incrementalAlterConfigs(changes).all());
    return true;
  }

  private Map<String, String> topicConfig(Topics topic) {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_DELETE,
        TopicConfig.RETENTION_MS_CONFIG,
        Long.toString(topic.retention().toMillis()),
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
        "LogAppendTime",
        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
        Integer.toString(settings.minInsync()),
        TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
        "false",
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(MAX_MESSAGE_OCTETS));
  }

  private Map<String, TopicDescription> descriptions() {
    Map<String, TopicDescription> found = new TreeMap<>();
    List<String> names = Arrays.stream(Topics.values()).map(settings::nameOf).toList();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach(
            (name, future) -> {
              TopicDescription description =
                  awaitUnless(future, UnknownTopicOrPartitionException.class);
              if (description != null) {
                found.put(name, description);
              }
            });
    return found;
  }

  private Map<String, Config> configs(Collection<String> names) {
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<String, Config> configs = new TreeMap<>();
    await(admin.describeConfigs(resources).all())
        .forEach((resource, config) -> configs.put(resource.name(), config));
    return configs;
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(BROKER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "the brokers did not answer within " + BROKER_TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while waiting for the brokers", e);
    }
  }

  private static <T> @Nullable T awaitUnless(
      KafkaFuture<T> future, Class<? extends KafkaException> expected) {
    try {
      return await(future);
    } catch (KafkaException e) {
      if (expected.isInstance(e)) {
        return null;
      }
      throw e;
    }
  }
}
