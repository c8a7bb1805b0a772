package io.keypost.ingress.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.events.KafkaSettings;
import io.keypost.stack.servers.ServersOptions;
import io.keypost.stack.servers.ServersOptions.Data;
import io.keypost.stack.servers.ServersOptions.Durability;
import io.keypost.stack.servers.ServersOptions.Extent;
import io.keypost.stack.servers.ServersOptions.Lifetime;
import io.keypost.stack.servers.ServersOptions.Ports;
import io.keypost.stack.servers.ServersProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers of this test's own, since it takes them away. */
class BrokerWatchTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  @Test
  @DisplayName("T25: brokers that go away and come back are seen to, without a hand")
  void seesBrokersGoAndComeBack() throws IOException {
    int port = freePort();
    try (Admin admin = admin(port)) {
      BrokerWatch watch = new BrokerWatch(admin);
      assertThat(watch.problem()).isPresent();
      watch.look();
      assertThat(watch.problem()).isPresent();

      try (ServersProcess servers = brokersAt(port)) {
        assertThat(servers.process().isAlive()).isTrue();
        awaitProblem(watch, false);
      }
      awaitProblem(watch, true);

      try (ServersProcess servers = brokersAt(port)) {
        assertThat(servers.process().isAlive()).isTrue();
        awaitProblem(watch, false);
      }
    }
  }

  private static void awaitProblem(BrokerWatch watch, boolean expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              watch.look();
              assertThat(watch.problem().isPresent())
                  .as(watch.problem().toString())
                  .isEqualTo(expected);
            });
  }

  private ServersProcess brokersAt(int port) throws IOException {
    return ServersProcess.start(
        ServersProcess.homeBelow(Path.of(System.getProperty("keypost.root"))),
        new ServersOptions(
            directory,
            new Lifetime.OfStarter(),
            Durability.PROCESS_CRASH,
            Data.THROW_AWAY,
            new Ports(port, 0, 0),
            Extent.ALL));
  }

  private static Admin admin(int port) {
    return Admin.create(new KafkaSettings("127.0.0.1:" + port, Map.of()).forAdmin());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
