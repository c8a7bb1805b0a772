package io.keypost.stack;

import io.keypost.stack.servers.ServersState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Writes the one file that configures a provider's five services, and the directories and the key
 * that it names. The same keys as in a deployment, for one machine: loopback addresses, one broker,
 * ports of the {@link Plan}.
 */
final class ProviderFile {

  /**
   * Enough for the parallelism of two cores; each partition costs the embedded broker files and
   * threads.
   */
  private static final int PARTITIONS = 4;

  private static final int KEY_OCTETS = 32;

  private ProviderFile() {}

  static Path write(ProviderLayout layout, Plan plan, ServersState servers, SecureRandom random)
      throws IOException {
    Files.createDirectories(layout.directory().resolve("payloads"));
    for (var service : ServiceName.values()) {
      if (service.enrols()) {
        Files.createDirectories(layout.identityDirectory(service));
      }
    }
    if (!Files.exists(layout.keyEncryptionKey())) {
      var key = new byte[KEY_OCTETS];
      random.nextBytes(key);
      writeSecret(layout.keyEncryptionKey(), Base64.getEncoder().encodeToString(key) + "\n");
    }
    Files.deleteIfExists(layout.configFile());
    writeSecret(layout.configFile(), text(layout, plan, servers));
    return layout.configFile();
  }

  private static void writeSecret(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private static String text(ProviderLayout layout, Plan plan, ServersState servers) {
    var operator = layout.operator();
    return """
    # One provider on one machine: written by keypost's local stack at each start.
    keypost:
      operator: %s
      single-node: true
      dns:
        servers: "%s:%d"
        trust-anchor-file: %s
      directory:
        allowed-networks: "127.0.0.0/8"
        allowed-ports: "1024-65535"
      kafka:
        bootstrap-servers: "%s"
        topic-prefix: "%s."
        partitions: %d
        replication: 1
        min-insync: 1
      key-encryption-key-file: %s
      payloads:
        directory: %s
    """
            .formatted(
                operator,
                servers.dns().getAddress().getHostAddress(),
                servers.dns().getPort(),
                quoted(servers.trustAnchorFile()),
                servers.kafkaBootstrap(),
                operator,
                PARTITIONS,
                quoted(layout.keyEncryptionKey()),
                quoted(layout.directory().resolve("payloads")))
        + keyServer(layout, plan, servers)
        + publicService(layout, plan, ServiceName.INGRESS)
        + service(layout, plan, ServiceName.VERIFIER)
        + service(layout, plan, ServiceName.ROUTER)
        + named(layout, plan, ServiceName.DELIVERY)
        + database(layout, plan, servers, ServiceName.DELIVERY);
  }

  private static String keyServer(ProviderLayout layout, Plan plan, ServersState servers) {
    return named(layout, plan, ServiceName.KEYSERVER)
        + """
            admin-token-file: %s
            submission-url: "%s"
            mailbox-url: "%s"
        """
            .formatted(
                quoted(layout.adminTokenFile()),
                layout.uri(plan, ServiceName.INGRESS).resolve("/v1/submissions"),
                layout.uri(plan, ServiceName.DELIVERY))
        + database(layout, plan, servers, ServiceName.KEYSERVER);
  }

  private static String publicService(ProviderLayout layout, Plan plan, ServiceName service) {
    return service(layout, plan, service)
        + """
            bind-address: 127.0.0.1
            port: %d
        """
            .formatted(plan.port(layout.operator(), service));
  }

  /**
   * The ingress' name stands in its certificate and in the pool; these two say theirs themselves.
   */
  private static String named(ProviderLayout layout, Plan plan, ServiceName service) {
    return publicService(layout, plan, service) + "    host: %s\n".formatted(layout.host(service));
  }

  private static String service(ProviderLayout layout, Plan plan, ServiceName service) {
    var management =
        """
          %s:
            management-address: 127.0.0.1
            management-port: %d
        """
            .formatted(service.word(), plan.managementPort(layout.operator(), service));
    return service.enrols()
        ? management + "    identity-directory: " + quoted(layout.identityDirectory(service)) + "\n"
        : management;
  }

  private static String database(
      ProviderLayout layout, Plan plan, ServersState servers, ServiceName service) {
    var database = layout.database(plan, servers, service);
    return """
        database:
          url: "%s"
          username: %s
          password: "%s"
    """
        .formatted(database.reactiveUrl(), database.user(), database.password());
  }

  private static String quoted(Path path) {
    return "\"" + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
