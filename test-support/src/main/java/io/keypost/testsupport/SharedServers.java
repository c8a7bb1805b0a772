package io.keypost.testsupport;

import io.keypost.stack.dns.DnsZones;
import io.keypost.stack.servers.ServersControl;
import io.keypost.stack.servers.ServersState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The servers that all tests of a build share. The first caller starts them; they end with the
 * build ({@code ./keypost test}), or by themselves when no test has used them for ten minutes.
 *
 * <p>System properties: {@code keypost.test.backend} ({@code embedded} or {@code containers});
 * {@code keypost.test.servers}, the directory of the running servers' state (default {@code
 * target/test-servers} below the project's root).
 */
public final class SharedServers {

  private static final Duration KEEP_EVERY = Duration.ofMinutes(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final class Holder {
    static final SharedServers INSTANCE = attach();
  }

  private final Stores stores;
  private final InetSocketAddress dnsAddress;
  private final Path trustAnchorFile;
  private final ServersControl control;

  private SharedServers(Stores stores, ServersState state) {
    this.stores = stores;
    this.dnsAddress = state.dns();
    this.trustAnchorFile = state.trustAnchorFile();
    this.control = new ServersControl(state);
  }

  /**
   * The servers, started if they do not run.
   *
   * @throws UncheckedIOException if they do not start
   */
  public static SharedServers get() {
    return Holder.INSTANCE;
  }

  private static SharedServers attach() {
    try {
      var servers =
          switch (Backend.chosen()) {
            case EMBEDDED -> {
              var state = ServersAttachment.embedded();
              yield new SharedServers(Stores.of(state), state);
            }
            case CONTAINERS ->
                new SharedServers(ContainerStores.get(), ServersAttachment.dnsOnly());
          };
      servers.keepWhileThisProcessLives();
      return servers;
    } catch (IOException e) {
      throw new UncheckedIOException("the test servers do not run", e);
    }
  }

  private void keepWhileThisProcessLives() {
    Thread.ofVirtual()
        .name("keep-test-servers")
        .start(
            () -> {
              try {
                while (control.keep()) {
                  Thread.sleep(KEEP_EVERY);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Kafka's {@code bootstrap.servers}: one node, no TLS, topics are not created by themselves. */
  public String kafkaBootstrap() {
    return stores.kafkaBootstrap();
  }

  /** Where the DNS server listens, by UDP and TCP. */
  public InetSocketAddress dnsAddress() {
    return dnsAddress;
  }

  /** The signed root's DS record, for dnsjava's {@code ValidatingResolver}. */
  public Path trustAnchorFile() {
    return trustAnchorFile;
  }

  /**
   * Changes the zones. They are shared: a test class takes names that no other uses, see {@link
   * #newDomain}.
   */
  public DnsZones dns() {
    return control;
  }

  /** A domain name that no other test has: {@code <label>-<random>.test}. */
  public String newDomain(String label) {
    return label + "-" + random() + ".test";
  }

  /** A topic prefix that no other test has, with its dot. */
  public String newTopicPrefix() {
    return "t" + random() + ".";
  }

  /**
   * An empty database that no other test has.
   *
   * @param prefix lower case letters, digits and underscores
   */
  public Database newDatabase(String prefix) {
    var name = prefix.toLowerCase(Locale.ROOT).replace('-', '_') + "_" + random();
    if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException("not a name for a database: " + name);
    }
    var password = random() + random();
    try (var connection =
            DriverManager.getConnection(
                stores.adminUrl(), stores.adminUser(), stores.adminPassword());
        var statement = connection.createStatement()) {
      statement.execute("CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
      statement.execute("CREATE DATABASE " + name + " OWNER " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot make the database " + name, e);
    }
    return new Database(stores.postgresHost(), stores.postgresPort(), name, name, password);
  }

  private static String random() {
    var octets = new byte[6];
    RANDOM.nextBytes(octets);
    return HexFormat.of().formatHex(octets);
  }
}
