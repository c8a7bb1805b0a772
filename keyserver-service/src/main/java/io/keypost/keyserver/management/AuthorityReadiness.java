package io.keypost.keyserver.management;

import io.keypost.keyserver.tls.PeerKeyStore;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the public port shows a certificate that the operator's CA issued. */
@Readiness
@Singleton
class AuthorityReadiness implements HealthCheck {
  private final PeerKeyStore port;

  @Inject
  AuthorityReadiness(@Identifier(PeerKeyStore.CONFIGURATION) PeerKeyStore port) {
    this.port = port;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("authority").status(port.shown().isPresent()).build();
  }
}
