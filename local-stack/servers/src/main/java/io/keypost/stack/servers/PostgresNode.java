package io.keypost.stack.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;

/**
 * One PostgreSQL server on the loopback address, from binaries on the class path; works for any
 * user, root included. Its superuser has a password made anew at each start, so that no other local
 * user can connect.
 */
final class PostgresNode implements AutoCloseable {

  static final String SUPERUSER = "postgres";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final String CONNECTIONS = "300";

  private final EmbeddedPostgres server;
  private final String password;
  private final long pid;

  private PostgresNode(EmbeddedPostgres server, String password, long pid) {
    this.server = server;
    this.password = password;
    this.pid = pid;
  }

  /**
   * Starts the server and waits until it takes connections.
   *
   * @param directory its data; initialised at the first start
   * @param port 0 chooses a free one
   */
  static PostgresNode start(
      Path directory, int port, ServersOptions.Durability durability, Path log, SecureRandom random)
      throws IOException, SQLException {
    boolean existing = Files.exists(directory.resolve("PG_VERSION"));
    if (existing) {
      // The library's own check of readiness connects without a password.
      writeAccessRules(directory, "trust");
    }
    var redirect = Redirect.appendTo(log.toFile());
    var server =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPort(port)
            .setPGStartupWait(START_TIMEOUT)
            .setOutputRedirector(redirect)
            .setErrorRedirector(redirect)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("max_connections", CONNECTIONS)
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("password_encryption", "scram-sha-256")
            .setServerConfig(
                "fsync", durability == ServersOptions.Durability.POWER_LOSS ? "on" : "off")
            .setServerConfig("synchronous_commit", "on")
            .start();
    var password = newPassword(random);
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      // Our own base64url text: nothing in it needs quoting.
      statement.execute("ALTER USER " + SUPERUSER + " PASSWORD '" + password + "'");
      writeAccessRules(directory, "scram-sha-256");
      statement.execute("SELECT pg_reload_conf()");
    }
    return new PostgresNode(server, password, postmasterPid(directory));
  }

  private static void writeAccessRules(Path directory, String method) throws IOException {
    Files.writeString(
        directory.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 " + method + "\n");
  }

  static String newPassword(SecureRandom random) {
    var octets = new byte[24];
    random.nextBytes(octets);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  private static long postmasterPid(Path directory) throws IOException {
    try (var lines = Files.lines(directory.resolve("postmaster.pid"))) {
      return Long.parseLong(lines.findFirst().orElseThrow().strip());
    }
  }

  int port() {
    return server.getPort();
  }

  String password() {
    return password;
  }

  /** Of the postmaster, which is not a child of this process. */
  long pid() {
    return pid;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
