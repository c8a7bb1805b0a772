package io.keypost.frame;

import io.keypost.directory.Directory;
import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.config.DirectoryConfiguration;
import io.keypost.directory.token.AccessTokens;
import io.keypost.protocol.address.MailDomain;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The one way to look up a domain, an address or a server, own ones included. */
@Singleton
public class DirectoryAccess {

  /** This provider's operator domain. */
  @Produces
  @Singleton
  MailDomain operator(@ConfigProperty(name = "keypost.operator") String operator) {
    return MailDomain.parse(operator);
  }

  /** The client, closed with the service. */
  @Produces
  @Singleton
  @Typed({DirectoryClient.class, Directory.class})
  DirectoryClient directory(
      Vertx vertx,
      ProviderConfig.Dns dns,
      ProviderConfig.Directory directory,
      IdentityHolder identity,
      InstantSource clock,
      MailDomain operator,
      DirectoryMetrics metrics) {
    return new DirectoryBuilder(vertx, DirectoryConfiguration.settings(dns, directory), clock)
        .identity(identity)
        .pinsAtKeyServerOf(operator)
        .watch(metrics)
        .build();
  }

  /** Checks the tokens that this operator's key server gives to users. */
  @Produces
  @Singleton
  AccessTokens accessTokens(DirectoryClient directory, MailDomain operator) {
    return directory.accessTokens(operator);
  }

  void close(@jakarta.enterprise.inject.Disposes DirectoryClient directory) {
    directory.close();
  }
}
