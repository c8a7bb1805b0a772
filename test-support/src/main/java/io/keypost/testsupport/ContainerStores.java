package io.keypost.testsupport;

import org.jspecify.annotations.Nullable;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka and PostgreSQL in containers, one pair for each test process. Where they are is kept in
 * system properties, since a Quarkus test process loads this class more than once.
 */
final class ContainerStores {

  private static final String KAFKA_IMAGE = "apache/kafka:4.1.1";
  private static final String POSTGRES_IMAGE = "postgres:17";
  private static final String PROPERTY = "keypost.test.container-stores";
  private static final String SEPARATOR = " ";

  private ContainerStores() {}

  @SuppressWarnings("resource") // ended by the hook, with the process
  static Stores get() {
    synchronized (System.class) {
      var known = decode(System.getProperty(PROPERTY));
      if (known != null) {
        return known;
      }
      var kafka =
          new KafkaContainer(DockerImageName.parse(KAFKA_IMAGE))
              .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
      var postgres = new PostgreSQLContainer(DockerImageName.parse(POSTGRES_IMAGE));
      // Testcontainers' own reaper is off where TESTCONTAINERS_RYUK_DISABLED says so.
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(
                      () -> {
                        kafka.stop();
                        postgres.stop();
                      }));
      kafka.start();
      postgres.start();
      var stores =
          new Stores(
              kafka.getBootstrapServers(),
              postgres.getHost(),
              postgres.getFirstMappedPort(),
              postgres.getUsername(),
              postgres.getPassword());
      System.setProperty(PROPERTY, encode(stores));
      return stores;
    }
  }

  private static String encode(Stores stores) {
    return String.join(
        SEPARATOR,
        stores.kafkaBootstrap(),
        stores.postgresHost(),
        Integer.toString(stores.postgresPort()),
        stores.adminUser(),
        stores.adminPassword());
  }

  private static @Nullable Stores decode(@Nullable String text) {
    if (text == null) {
      return null;
    }
    var parts = text.split(SEPARATOR, 5);
    return new Stores(parts[0], parts[1], Integer.parseInt(parts[2]), parts[3], parts[4]);
  }
}
