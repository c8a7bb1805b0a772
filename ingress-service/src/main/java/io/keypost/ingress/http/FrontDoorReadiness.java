package io.keypost.ingress.http;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready before the public port is open, and as soon as the service begins to stop. */
@Readiness
@Singleton
public class FrontDoorReadiness implements HealthCheck {
  private final FrontDoor door;

  FrontDoorReadiness(FrontDoor door) {
    this.door = door;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("front door")
        .status(door.state() == FrontDoor.State.OPEN)
        .withData("state", door.state().name())
        .build();
  }
}
