package io.keypost.delivery;

import io.keypost.delivery.custody.ReceiptSigning;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready before there is a receipt certificate: what cannot be signed cannot be decided. The
 * database and the service's identity have checks of their own.
 */
@Readiness
@Singleton
class DeliveryReadiness implements HealthCheck {
  private final ReceiptSigning receipts;
  private final DeliveryConfig config;

  DeliveryReadiness(ReceiptSigning receipts, DeliveryConfig config) {
    this.receipts = receipts;
    this.config = config;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("receipts");
    return receipts.isEnrolled()
        ? response.up().build()
        : response
            .down()
            .withData(
                "missing",
                "run: keypost server enrol CODE --dir "
                    + config.identityDirectory()
                    + ", with a code that includes receipts")
            .build();
  }
}
