package io.keypost.events;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;

/**
 * How every Keypost process talks to the brokers. What decides whether mail can be lost (acks,
 * idempotence, commits) is fixed here and cannot be set from outside; what reaches the brokers
 * (TLS, SASL) passes through from {@code keypost.kafka.client.*}, by a list of names, so that no
 * configuration can load a class of its choosing or fetch from a foreign URL (threat T43).
 *
 * @param bootstrapServers host:port, comma separated
 * @param client the pass-through settings, Kafka's own names
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> client) {

  /**
   * Longest a producer tries to deliver one record. All tries of one event together are shorter
   * than {@link #UNPROCESSED_RECORD_MAX_AGE} (checked in {@code EventPublisher}), so that a write
   * that is still being tried never looks like a stuck stage.
   */
  public static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(60);

  /**
   * Longest a write waits for space in the producer's buffer or for metadata: what a caller at the
   * front door may be made to wait.
   */
  public static final Duration MAX_BLOCK = Duration.ofSeconds(5);

  /**
   * How long a consumed record may stay unacknowledged before its stage counts as stuck ({@code
   * throttled.unprocessed-record-max-age.ms}); on a retry topic its delay is added ({@link
   * RetryTopics}).
   */
  public static final Duration UNPROCESSED_RECORD_MAX_AGE = Duration.ofMinutes(10);

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
  private static final int LINGER_MILLIS = 2;
  private static final int BATCH_OCTETS = 128 * 1024;

  private static final Set<String> PASSED_THROUGH =
      Set.of(
          CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
          CommonClientConfigs.CLIENT_RACK_CONFIG,
          SaslConfigs.SASL_MECHANISM,
          SaslConfigs.SASL_JAAS_CONFIG,
          "ssl.keystore.type",
          "ssl.keystore.location",
          "ssl.keystore.password",
          "ssl.keystore.key",
          "ssl.keystore.certificate.chain",
          "ssl.key.password",
          "ssl.truststore.type",
          "ssl.truststore.location",
          "ssl.truststore.password",
          "ssl.truststore.certificates",
          "ssl.enabled.protocols",
          "ssl.endpoint.identification.algorithm");

  private static final Set<String> LOGIN_MODULES =
      Set.of(
          "org.apache.kafka.common.security.scram.scramloginmodule",
          "org.apache.kafka.common.security.plain.plainloginmodule");

  /**
   * Checks the pass-through settings.
   *
   * @throws IllegalArgumentException for a name that is not passed through, or a login module other
   *     than SCRAM and PLAIN
   */
  public KafkaSettings {
    client = Map.copyOf(client);
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("keypost.kafka.bootstrap-servers is empty");
    }
    client.forEach(
        (name, value) -> {
          if (!PASSED_THROUGH.contains(name)) {
            throw new IllegalArgumentException(
                "keypost.kafka.client."
                    + name
                    + " is not among the settings that are passed through");
          }
          if (name.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
            requireKnownLoginModule(value);
          }
        });
  }

  /** For an {@code AdminClient}. */
  public Map<String, Object> forAdmin() {
    Map<String, Object> properties = common();
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
    return properties;
  }

  /**
   * For a producer of octets whose acknowledgement means: on all in-sync replicas, once.
   * Serializers are given to its constructor.
   */
  public Map<String, Object> forProducer() {
    Map<String, Object> properties = common();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
    properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_OCTETS);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    return properties;
  }

  /** For a consumer of octets in {@code group}. Deserializers are given to its constructor. */
  public Map<String, Object> forConsumer(String group) {
    Map<String, Object> properties = common();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return properties;
  }

  private Map<String, Object> common() {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }

  private static void requireKnownLoginModule(String jaas) {
    String module = jaas.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
    boolean single = jaas.indexOf(';') == jaas.stripTrailing().length() - 1;
    if (!LOGIN_MODULES.contains(module) || !single) {
      throw new IllegalArgumentException(
          SaslConfigs.SASL_JAAS_CONFIG
              + " names one login module, SCRAM or PLAIN, and ends with ';'");
    }
  }
}
