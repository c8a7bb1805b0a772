package io.keypost.stack;

import io.keypost.stack.servers.ServersState;
import java.net.URI;
import java.nio.file.Path;

/**
 * Where a provider's things are: below one directory, under names of its domain.
 *
 * @param operator the provider's own domain
 * @param directory everything of this provider
 */
record ProviderLayout(String operator, Path directory) {

  Path configFile() {
    return directory.resolve("provider.yaml");
  }

  Path keyEncryptionKey() {
    return directory.resolve("kek");
  }

  Path adminTokenFile() {
    return directory.resolve("admin-token");
  }

  Path identityDirectory(ServiceName service) {
    return directory.resolve("identity").resolve(service.word());
  }

  /** The domain root's key and certificate: what a domain owner would keep offline. */
  Path rootDirectory() {
    return directory.resolve("root");
  }

  Path logFile(ServiceName service) {
    return directory.resolve("logs").resolve(service.word() + ".log");
  }

  /** DNS records of the domain, one a line; what an owner would have at a DNS provider. */
  Path zoneFile() {
    return directory.resolve(operator + ".zone");
  }

  /** Host name of a service that takes connections from outside. */
  String host(ServiceName service) {
    return switch (service) {
      case KEYSERVER -> "ks." + operator;
      case INGRESS -> "mx." + operator;
      case DELIVERY -> "mail." + operator;
      case VERIFIER, ROUTER ->
          throw new IllegalArgumentException(service.word() + " takes no connections");
    };
  }

  URI uri(Plan plan, ServiceName service) {
    return URI.create("https://" + host(service) + ":" + plan.port(operator, service));
  }

  Database database(Plan plan, ServersState servers, ServiceName service) {
    var name = (service.word() + "_" + operator).replaceAll("[^a-z0-9]", "_");
    return new Database(
        "127.0.0.1", servers.postgresPort(), name, name, plan.databasePassword(operator, service));
  }
}
