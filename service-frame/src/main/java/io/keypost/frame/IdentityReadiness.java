package io.keypost.frame;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready before the service is enrolled: without an identity no peer answers it. */
@Readiness
@Singleton
public class IdentityReadiness implements HealthCheck {
  private final IdentityHolder identity;
  private final FrameConfig config;

  IdentityReadiness(IdentityHolder identity, FrameConfig config) {
    this.identity = identity;
    this.config = config;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("identity");
    return identity
        .get()
        .map(found -> response.up().withData("expires", found.expires().toString()).build())
        .orElseGet(
            () ->
                response
                    .down()
                    .withData(
                        "missing",
                        "run: keypost server enrol CODE --dir " + config.identityDirectory())
                    .build());
  }
}
