package io.keypost.stack.servers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** One Kafka broker that is its own controller (KRaft), on the loopback address. */
final class KafkaNode implements AutoCloseable {

  private static final String CONTROLLER = "CONTROLLER";

  private final KafkaRaftServer server;
  private final int port;

  private KafkaNode(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts the node and waits until it takes clients.
   *
   * @param directory its log; formatted at the first start
   * @param port for clients; 0 chooses a free one
   */
  static KafkaNode start(Path directory, int port) throws Exception {
    Files.createDirectories(directory);
    var free = FreePorts.choose(2);
    int clientPort = port == 0 ? free.get(0) : port;
    format(directory);
    var server =
        new KafkaRaftServer(
            new KafkaConfig(settings(directory, clientPort, free.get(1))), Time.SYSTEM);
    server.startup();
    return new KafkaNode(server, clientPort);
  }

  private static void format(Path directory) throws Exception {
    var said = new ByteArrayOutputStream();
    try (var out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(out)
          .setNodeId(1)
          .setClusterId(clusterIdOf(directory))
          .setDirectories(List.of(directory.toString()))
          .setMetadataLogDirectory(directory.toString())
          .setControllerListenerName(CONTROLLER)
          .setIgnoreFormatted(true)
          .run();
    } catch (Exception e) {
      throw new IOException(
          "cannot format " + directory + ": " + said.toString(StandardCharsets.UTF_8), e);
    }
  }

  /** A directory that is used again keeps its cluster id, since Kafka refuses another. */
  private static String clusterIdOf(Path directory) throws IOException {
    var file = directory.resolve("meta.properties");
    if (!Files.exists(file)) {
      return Uuid.randomUuid().toString();
    }
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    return properties.getProperty("cluster.id", "");
  }

  private static Map<String, String> settings(Path directory, int clientPort, int controllerPort) {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
        Map.entry("controller.listener.names", CONTROLLER),
        Map.entry(
            "listeners",
            "CLIENT://127.0.0.1:"
                + clientPort
                + ","
                + CONTROLLER
                + "://127.0.0.1:"
                + controllerPort),
        Map.entry(
            "listener.security.protocol.map", "CLIENT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT"),
        Map.entry("inter.broker.listener.name", "CLIENT"),
        Map.entry("log.dirs", directory.toString()),
        // Keypost's topics are declared (mail-events): one that is missing must be an error.
        Map.entry("auto.create.topics.enable", "false"),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("offsets.topic.num.partitions", "4"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("transaction.state.log.num.partitions", "2"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        // One node for many small topics: small buffers, few threads, no waiting for members that
        // will not come.
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        Map.entry("controlled.shutdown.enable", "false"),
        Map.entry("log.index.size.max.bytes", "262144"),
        Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
        Map.entry("log.cleaner.io.buffer.size", "65536"),
        Map.entry("num.network.threads", "2"),
        Map.entry("num.io.threads", "4"),
        Map.entry("background.threads", "2"),
        Map.entry("num.replica.fetchers", "1"));
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
