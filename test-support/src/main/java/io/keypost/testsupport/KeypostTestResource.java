package io.keypost.testsupport;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives a {@code @QuarkusTest} what a provider file gives a service: {@code keypost.*} keys for the
 * shared servers, with a database, a topic prefix and directories of its own. Initialisation
 * arguments are added as they are and win. A service that needs more done before it starts, such as
 * its topics, overrides {@link #prepare}.
 */
public class KeypostTestResource implements QuarkusTestResourceLifecycleManager {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int KEY_OCTETS = 32;
  private static final List<String> SERVICES =
      List.of("keyserver", "ingress", "verifier", "router", "delivery");

  private Map<String, String> arguments = Map.of();
  private @Nullable Path directory;

  @Override
  public void init(Map<String, String> initArgs) {
    arguments = Map.copyOf(initArgs);
  }

  @Override
  public final Map<String, String> start() {
    var config = new HashMap<>(sharedConfig());
    try {
      directory = Files.createTempDirectory("keypost-test");
      config.putAll(files(directory));
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for the test", e);
    }
    config.putAll(arguments);
    prepare(config);
    return config;
  }

  /**
   * Runs before the service starts.
   *
   * @param config what the service will see; may be changed
   */
  protected void prepare(Map<String, String> config) {}

  /** A port that nobody listens at now, for what must be known before the service starts. */
  protected static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  private static Map<String, String> sharedConfig() {
    var servers = SharedServers.get();
    var config = new HashMap<String, String>();
    var dns = servers.dnsAddress();
    config.put("keypost.operator", servers.newDomain("operator"));
    config.put("keypost.single-node", "true");
    config.put("keypost.dns.servers", dns.getAddress().getHostAddress() + ":" + dns.getPort());
    config.put("keypost.dns.trust-anchor-file", servers.trustAnchorFile().toString());
    config.put("keypost.directory.allowed-networks", "127.0.0.0/8");
    config.put("keypost.directory.allowed-ports", "1024-65535");
    config.put("keypost.kafka.bootstrap-servers", servers.kafkaBootstrap());
    config.put("keypost.kafka.topic-prefix", servers.newTopicPrefix());
    config.put("keypost.kafka.replication", "1");
    config.put("keypost.kafka.min-insync", "1");
    for (var owner : List.of("keyserver", "delivery")) {
      var database = servers.newDatabase(owner);
      config.put("keypost." + owner + ".database.url", database.reactiveUrl());
      config.put("keypost." + owner + ".database.username", database.user());
      config.put("keypost." + owner + ".database.password", database.password());
    }
    return config;
  }

  private static Map<String, String> files(Path directory) throws IOException {
    var config = new HashMap<String, String>();
    var key = new byte[KEY_OCTETS];
    RANDOM.nextBytes(key);
    var keyFile =
        Files.writeString(directory.resolve("kek"), Base64.getEncoder().encodeToString(key));
    config.put("keypost.key-encryption-key-file", keyFile.toString());
    config.put(
        "keypost.payloads.directory",
        Files.createDirectory(directory.resolve("payloads")).toString());
    config.put("keypost.keyserver.admin-token-file", directory.resolve("admin-token").toString());
    for (var service : SERVICES) {
      var identity = Files.createDirectory(directory.resolve("identity-" + service));
      config.put("keypost." + service + ".identity-directory", identity.toString());
    }
    return config;
  }

  @Override
  public void stop() {
    if (directory == null) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear " + directory, e);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(
        SharedServers.get(), new TestInjector.MatchesType(SharedServers.class));
  }
}
