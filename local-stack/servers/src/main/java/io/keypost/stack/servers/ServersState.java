package io.keypost.stack.servers;

import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;

/**
 * Where the running servers are. The process writes it to {@link #FILE_NAME} in its directory once
 * everything is ready, readable by its owner only, and deletes it when it ends.
 *
 * @param pid of the servers' process
 * @param kafkaBootstrap {@code host:port}; empty where only DNS runs
 * @param postgresPort 0 where only DNS runs
 * @param postgresPassword of the superuser {@code postgres}
 * @param trustAnchorFile the signed root's DS record in master file form
 * @param control the loopback control channel, see {@link ServersControl}
 * @param controlToken what a request to it must carry
 */
public record ServersState(
    long pid,
    String kafkaBootstrap,
    int postgresPort,
    String postgresPassword,
    InetSocketAddress dns,
    Path trustAnchorFile,
    URI control,
    String controlToken) {

  /** Name of the file in the servers' directory. */
  public static final String FILE_NAME = "servers.properties";

  /** PostgreSQL's superuser. */
  public static final String POSTGRES_USER = "postgres";

  /** JDBC URL of a database on this server, without credentials. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + postgresPort + "/" + database;
  }

  void write(Path directory) throws IOException {
    var properties = new Properties();
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("kafka.bootstrap", kafkaBootstrap);
    properties.setProperty("postgres.port", Integer.toString(postgresPort));
    properties.setProperty("postgres.password", postgresPassword);
    properties.setProperty("dns.address", dns.getAddress().getHostAddress());
    properties.setProperty("dns.port", Integer.toString(dns.getPort()));
    properties.setProperty("dns.trust-anchor-file", trustAnchorFile.toString());
    properties.setProperty("control.uri", control.toString());
    properties.setProperty("control.token", controlToken);
    var text = new StringWriter();
    properties.store(text, null);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var temporary = Files.createTempFile(directory, "servers", ".new", ownerOnly);
    Files.writeString(temporary, text.toString());
    Files.move(
        temporary,
        directory.resolve(FILE_NAME),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * What the file in a directory says; empty if there is none.
   *
   * @throws IOException if it cannot be read or is not such a file
   */
  public static Optional<ServersState> read(Path directory) throws IOException {
    var file = directory.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    return Optional.of(
        new ServersState(
            Long.parseLong(required(properties, "pid")),
            required(properties, "kafka.bootstrap"),
            Integer.parseInt(required(properties, "postgres.port")),
            required(properties, "postgres.password"),
            new InetSocketAddress(
                required(properties, "dns.address"),
                Integer.parseInt(required(properties, "dns.port"))),
            Path.of(required(properties, "dns.trust-anchor-file")),
            URI.create(required(properties, "control.uri")),
            required(properties, "control.token")));
  }

  private static String required(Properties properties, String key) throws IOException {
    var value = properties.getProperty(key);
    if (value == null) {
      throw new IOException("the servers' state file has no " + key);
    }
    return value;
  }
}
