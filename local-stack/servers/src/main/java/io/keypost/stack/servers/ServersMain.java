package io.keypost.stack.servers;

import io.keypost.stack.dns.DnsServer;
import io.keypost.stack.dns.SignedZones;
import io.keypost.stack.servers.ServersOptions.Data;
import io.keypost.stack.servers.ServersOptions.Lifetime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers' process. Starts everything at once, writes {@link ServersState}, then waits for its
 * end: an order, its {@link Lifetime}, or a signal.
 */
public final class ServersMain {

  private static final Logger LOG = LoggerFactory.getLogger(ServersMain.class);
  private static final Duration WATCH_EVERY = Duration.ofSeconds(1);

  private final ServersOptions options;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Deque<AutoCloseable> running = new ArrayDeque<>();

  private ServersMain(ServersOptions options) {
    this.options = options;
  }

  /** See {@link ServersOptions#parse}. Exit status 1 if a server does not start. */
  public static void main(String[] arguments) throws IOException {
    try (var logging = ServersMain.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(logging);
    }
    System.exit(new ServersMain(ServersOptions.parse(List.of(arguments))).run());
  }

  private int run() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("signal")
                .unstarted(
                    () -> {
                      end.countDown();
                      awaitQuietly(ended, Duration.ofSeconds(20));
                    }));
    int status = 0;
    try {
      var control = start();
      awaitEnd(control);
    } catch (Exception e) {
      LOG.error("the servers did not start", e);
      status = 1;
    }
    stop();
    ended.countDown();
    return status;
  }

  private ControlEndpoint start() throws Exception {
    var directory = options.directory();
    Files.createDirectories(directory);
    Files.deleteIfExists(directory.resolve(ServersState.FILE_NAME));
    if (options.data() == Data.THROW_AWAY) {
      deleteData();
    }
    return switch (options.extent()) {
      case ALL -> startAll();
      case DNS_ONLY -> startDns(new Stores("", 0, ""));
    };
  }

  /** What the state file says of Kafka and PostgreSQL. */
  private record Stores(String kafkaBootstrap, int postgresPort, String postgresPassword) {}

  private ControlEndpoint startAll() throws Exception {
    var guardian = Guardian.start();
    running.push(guardian);
    var starting = inBackground(() -> startPostgres(guardian));
    // Whatever becomes of Kafka, a PostgreSQL that did start is taken over, so that it is ended
    // with the rest.
    Exception kafkaFailed = null;
    KafkaNode kafka = null;
    try {
      kafka = KafkaNode.start(dataOf("kafka"), options.ports().kafka());
      running.push(kafka);
    } catch (Exception e) {
      kafkaFailed = e;
    }
    var postgres = starting.get();
    running.push(postgres);
    if (kafka == null) {
      throw new IOException("Kafka did not start", kafkaFailed);
    }
    return startDns(new Stores(kafka.bootstrapServers(), postgres.port(), postgres.password()));
  }

  private ControlEndpoint startDns(Stores stores) throws IOException {
    var zones = SignedZones.open(dataOf("dns"), clock, random);
    var dns = DnsServer.start(zones, InetAddress.getLoopbackAddress(), options.ports().dns());
    running.push(dns);
    var trustAnchor =
        Files.writeString(options.directory().resolve("trust-anchor.ds"), zones.trustAnchor());
    var token = PostgresNode.newPassword(random);
    var control = ControlEndpoint.start(zones, token, clock, end::countDown);
    running.push(control);
    new ServersState(
            ProcessHandle.current().pid(),
            stores.kafkaBootstrap(),
            stores.postgresPort(),
            stores.postgresPassword(),
            dns.address(),
            trustAnchor,
            control.uri(),
            token)
        .write(options.directory());
    LOG.info("ready");
    return control;
  }

  private PostgresNode startPostgres(Guardian guardian) throws Exception {
    var log = options.directory().resolve("postgres.log");
    var node =
        PostgresNode.start(
            dataOf("postgres"), options.ports().postgres(), options.durability(), log, random);
    guardian.guard(node.pid(), Guardian.Signal.INT);
    return node;
  }

  private static <T> FutureTask<T> inBackground(Callable<T> work) {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().start(task);
    return task;
  }

  private void awaitEnd(ControlEndpoint control) throws InterruptedException {
    switch (options.lifetime()) {
      case Lifetime.OfStarter starter -> {
        Thread.ofPlatform().daemon().name("starter").start(this::readUntilStarterIsGone);
        end.await();
      }
      case Lifetime.WhileUsed used -> {
        while (!end.await(WATCH_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          if (isAbandoned(used, control)) {
            return;
          }
        }
      }
    }
  }

  private boolean isAbandoned(Lifetime.WhileUsed used, ControlEndpoint control) {
    if (control.lastAsked().plus(used.idle()).isBefore(clock.instant())) {
      LOG.info("nobody asked for {}", used.idle());
      return true;
    }
    if (used.owner().isPresent() && ProcessHandle.of(used.owner().getAsLong()).isEmpty()) {
      LOG.info("the owner {} is gone", used.owner().getAsLong());
      return true;
    }
    return false;
  }

  private void readUntilStarterIsGone() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      LOG.debug("standard input: {}", e.toString());
    }
    end.countDown();
  }

  private void stop() {
    try {
      Files.deleteIfExists(options.directory().resolve(ServersState.FILE_NAME));
    } catch (IOException e) {
      LOG.warn("the state file stays", e);
    }
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        LOG.warn("while ending", e);
      }
    }
    if (options.data() == Data.THROW_AWAY) {
      try {
        deleteData();
      } catch (IOException e) {
        LOG.warn("the data stays", e);
      }
    }
  }

  private Path dataOf(String server) {
    return options.directory().resolve("data").resolve(server);
  }

  private void deleteData() throws IOException {
    var data = options.directory().resolve("data");
    if (!Files.exists(data)) {
      return;
    }
    try (var files = Files.walk(data)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch, Duration atMost) {
    try {
      if (!latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("not all ended within {}", atMost);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
