package io.keypost.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.directory.tls.ProofOfPossession;
import io.keypost.protocol.Digest;
import io.keypost.protocol.certificate.CertificateDigests;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;

/** KP-KSV-21: a running front door has its certificate renewed, and shows the new one. */
@QuarkusTest
@QuarkusTestResource(value = RenewalTestResource.class, restrictToAnnotatedClass = true)
class RenewalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Inject FrontDoor door;

  private IngressFixture world;

  @Test
  void aNewCertificateIsFetchedAndShownWithoutARestartByKpKsv21() throws Exception {
    Digest enrolled = CertificateDigests.certificate(world.identity().chain().getFirst());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                world.beats().stream()
                    .anyMatch(b -> b.peer().filter(enrolled::equals).isPresent()));
    assertThat(shown()).isEqualTo(enrolled);

    world.exchangeCa();

    await().atMost(PATIENCE).ignoreExceptions().until(() -> !shown().equals(enrolled));
    Digest renewed = shown();
    await()
        .atMost(PATIENCE)
        .until(() -> world.beats().getLast().peer().filter(renewed::equals).isPresent());
    assertThat(world.here().isListed(renewed)).isTrue();
  }

  /** What the public port shows in a handshake. */
  private Digest shown() throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new ProofOfPossession()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", door.port())) {
      socket.startHandshake();
      return CertificateDigests.certificate(
          (X509Certificate) socket.getSession().getPeerCertificates()[0]);
    }
  }
}
