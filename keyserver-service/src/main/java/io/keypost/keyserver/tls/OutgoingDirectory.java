package io.keypost.keyserver.tls;

import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.config.DirectoryConfiguration;
import io.keypost.directory.config.DirectoryValues;
import io.keypost.directory.config.DnsValues;
import io.keypost.directory.memory.OperatorPinMemory;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.pin.DatabasePinMemory;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.config.ConfigMapping;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/**
 * How this key server looks up foreign domains, and its own ones as everybody else does: with the
 * certificate that its public port shows. It remembers pins in its own database, where its
 * operator's other services have it remember theirs.
 */
@Singleton
class OutgoingDirectory {
  /** {@code keypost.dns}. */
  @ConfigMapping(prefix = "keypost.dns")
  interface Dns extends DnsValues {}

  /** {@code keypost.directory}. */
  @ConfigMapping(prefix = "keypost.directory")
  interface Values extends DirectoryValues {}

  @Produces
  @Singleton
  DirectoryClient directory(
      Vertx vertx,
      Dns dns,
      Values values,
      InstantSource clock,
      Operator operator,
      DatabasePinMemory pins,
      DirectoryMetrics metrics,
      @Identifier(PeerKeyStore.CONFIGURATION) PeerKeyStore port) {
    return new DirectoryBuilder(vertx, DirectoryConfiguration.settings(dns, values), clock)
        .identity(port::shown)
        .pins(new OperatorPinMemory(operator.domain(), port::shown, pins, pins))
        .watch(metrics)
        .build();
  }

  void close(@Disposes DirectoryClient directory) {
    directory.close();
  }
}
