package io.keypost.delivery;

import io.keypost.delivery.http.PeerAccess;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.net.PeerHttp;
import io.keypost.frame.IdentityHolder;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.segment.SegmentFileStore;
import io.keypost.payloads.segment.SegmentSettings;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What delivery's beans are given beside what the service's frame gives. */
@Singleton
class DeliveryProviders {

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
}
