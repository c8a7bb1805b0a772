package io.keypost.delivery;

import io.keypost.delivery.http.PeerAccess;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.token.AccessTokens;
import io.keypost.frame.IdentityHolder;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.segment.SegmentFileStore;
import io.keypost.payloads.segment.SegmentSettings;
import io.keypost.protocol.address.MailDomain;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What delivery's beans are given from outside: randomness, payloads, the way to peers. */
@Singleton
class DeliveryProviders {

  /** The platform's generator. */
  @Produces
  @Singleton
  SecureRandom random() {
    return new SecureRandom();
  }

  /** The payloads that the ingress stored; delivery only reads them. */
  @Produces
  @Singleton
  @Typed(PayloadStore.class)
  PayloadStore payloads(
      @ConfigProperty(name = "keypost.payloads.directory") Path directory,
      InstantSource clock,
      SecureRandom random) {
    return new SegmentFileStore(SegmentSettings.in(directory), clock, random);
  }

  void close(@Disposes PayloadStore payloads) {
    payloads.close();
  }

  /** Mutual TLS as this service. */
  @Produces
  @Singleton
  PeerAccess peers(DirectoryClient directory, IdentityHolder identity) {
    return new PeerAccess() {
      @Override
      public PeerHttp http() {
        return directory.http();
      }

      @Override
      public boolean isEnrolled() {
        return identity.get().isPresent();
      }
    };
  }

  /** Checks the tokens that this operator's key server gives to users. */
  @Produces
  @Singleton
  AccessTokens accessTokens(DirectoryClient directory, MailDomain operator) {
    return directory.accessTokens(operator);
  }
}
