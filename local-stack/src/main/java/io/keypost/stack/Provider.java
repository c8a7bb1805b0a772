package io.keypost.stack;

import io.keypost.client.operator.Administration;
import io.keypost.stack.servers.ServersState;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** One provider of a running {@link LocalStack}. */
public final class Provider {

  private final ProviderLayout layout;
  private final Plan plan;
  private final ServersState servers;
  private final Map<ServiceName, ServiceProcess> services;

  Provider(
      ProviderLayout layout,
      Plan plan,
      ServersState servers,
      Map<ServiceName, ServiceProcess> services) {
    this.layout = layout;
    this.plan = plan;
    this.servers = servers;
    this.services = new EnumMap<>(services);
  }

  /** The provider's own domain, which is also its first hosted one. */
  public String operator() {
    return layout.operator();
  }

  /** The file that configures its five services. */
  public Path configFile() {
    return layout.configFile();
  }

  public URI keyServerUri() {
    return layout.uri(plan, ServiceName.KEYSERVER);
  }

  public URI ingressUri() {
    return layout.uri(plan, ServiceName.INGRESS);
  }

  public URI mailboxUri() {
    return layout.uri(plan, ServiceName.DELIVERY);
  }

  /** What users and peers of a service connect to; empty for one that only connects out. */
  public Optional<URI> address(ServiceName name) {
    return switch (name) {
      case KEYSERVER, INGRESS, DELIVERY -> Optional.of(layout.uri(plan, name));
      case VERIFIER, ROUTER -> Optional.empty();
    };
  }

  public ServiceProcess service(ServiceName name) {
    var service = services.get(name);
    if (service == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return service;
  }

  public Collection<ServiceProcess> services() {
    return services.values();
  }

  /** Key and certificate with which a service stands for this operator. */
  public Path identityDirectory(ServiceName name) {
    return layout.identityDirectory(name);
  }

  /** Key and certificate of the domain's root. */
  public Path rootDirectory() {
    return layout.rootDirectory();
  }

  /** The secret of the management API. */
  public Path adminTokenFile() {
    return layout.adminTokenFile();
  }

  /**
   * @param name a service that has a database: key server or delivery
   */
  public Database database(ServiceName name) {
    return layout.database(plan, servers, name);
  }

  /** What its operator does at the management port; the caller closes it. */
  public Administration administration() {
    return new Administration(service(ServiceName.KEYSERVER).managementUri(), adminTokenFile());
  }

  ProviderLayout layout() {
    return layout;
  }
}
