package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.anonymous;
import static io.keypost.keyserver.OperatorApi.config;
import static io.keypost.keyserver.OperatorApi.init;
import static io.keypost.keyserver.OperatorApi.install;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.tls.ProofOfPossession;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.ServerNames;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.VerifiedDomain;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The ceremony of a first start, in its order: each step sees what the one before left. */
@QuarkusTest
@QuarkusTestResource(value = SeveralKeyServersResource.class, restrictToAnnotatedClass = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstStartTest {
  private static final String OPERATOR = config("keypost.operator", String.class);
  private static final MailDomain DOMAIN = MailDomain.parse(OPERATOR);
  private static final OfflineRoot ROOT = new OfflineRoot(DOMAIN);

  private static RequestSpecification anyone() {
    return given()
        .relaxedHTTPSValidation()
        .baseUri("https://127.0.0.1")
        .port(config("keypost.keyserver.port", Integer.class))
        .urlEncodingEnabled(false);
  }

  @Test
  @Order(1)
  void runsButIsNotReadyBeforeTheAuthorityWasUploaded() {
    anonymous().get("/q/health/live").then().statusCode(200);
    anonymous().get("/q/health/ready").then().statusCode(503);
    Response domain = anyone().get("/v1/domains/" + OPERATOR);
    assertThat(domain.statusCode()).isEqualTo(404);
    assertThat(domain.contentType()).isEqualTo("application/problem+json");
    assertThat(domain.<String>path("code")).isEqualTo("not_found");
  }

  @Test
  @Order(2)
  void asksTwiceForTheSameKeyUntilItIsCertified() {
    CertificateRequest first = init(OPERATOR);
    CertificateRequest second = init(OPERATOR);

    assertThat(first.domain()).isEqualTo(DOMAIN);
    assertThat(first.use()).isEqualTo(CertificateUse.OPERATIONAL_CA);
    assertThat(second.publicKey()).isEqualTo(first.publicKey());
    anyone().get("/v1/domains/" + OPERATOR).then().statusCode(503);
  }

  @Test
  @Order(3)
  void becomesReadyWithTheRootsAnswerAndShowsItsNewCertificateWithoutARestartByKpCrt11()
      throws Exception {
    X509Certificate ca = ROOT.certify(init(OPERATOR));
    Response installed = install(OPERATOR, ROOT.certificate(), ca, ROOT.state(1, ca));

    assertThat(installed.statusCode()).isEqualTo(200);
    assertThat(installed.<String>path("state")).isEqualTo("ready");
    Pin pin = Pin.parse(installed.path("dns.txt"), DOMAIN);
    assertThat(pin.root()).isEqualTo(ROOT.pinned());
    assertThat(pin.keyServers())
        .containsExactly(
            new KeyServerName(
                MailDomain.parse("ks." + OPERATOR),
                config("keypost.keyserver.port", Integer.class)),
            KeyServerName.parse(SeveralKeyServersResource.second(OPERATOR)));
    assertThat(ServerNames.hostsOf(shownCertificate()))
        .extracting(MailDomain::value)
        .containsExactlyInAnyOrder("ks." + OPERATOR, "ks2." + OPERATOR);
    anonymous().get("/q/health/ready").then().statusCode(200);

    VerifiedDomain verified =
        RecordVerifier.verifyDomain(
            anyone().get("/v1/domains/" + OPERATOR).path("record"),
            pin.root(),
            DOMAIN,
            Instant.now());
    DomainRecord record = verified.record();
    assertThat(record.gen()).isEqualTo(1);
    assertThat(record.seq()).isEqualTo(1);
    assertThat(record.namesForMail(DOMAIN, Instant.now())).isTrue();
    assertThat(CertificateDigests.certificate(verified.rootCertificate()))
        .isEqualTo(CertificateDigests.certificate(ROOT.certificate()));
  }

  private static X509Certificate shownCertificate() throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new ProofOfPossession()}, null);
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket("127.0.0.1", config("keypost.keyserver.port", Integer.class))) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  @Order(4)
  void refusesAnOlderStatementAndARootThatNobodyAnnounced() {
    OfflineRoot stranger = new OfflineRoot(DOMAIN);
    CertificateRequest request = init(OPERATOR);
    X509Certificate ours = ROOT.certify(request);
    X509Certificate theirs = stranger.certify(request);

    Response older = install(OPERATOR, ROOT.certificate(), ours, ROOT.state(1, ours));
    Response foreign = install(OPERATOR, stranger.certificate(), theirs, stranger.state(2, theirs));

    assertThat(older.<String>path("code")).isEqualTo("conflict");
    assertThat(foreign.<String>path("code")).isEqualTo("continuity_broken");
    anyone().get("/v1/domains/" + OPERATOR).then().statusCode(200);
  }

  @Test
  @Order(5)
  void exchangesTheCaAndThenTheRootThatTheOldOneAnnouncedByKpCrt11() {
    OfflineRoot next = new OfflineRoot(DOMAIN);
    X509Certificate newCa = ROOT.certify(init(OPERATOR));
    String announcing = ROOT.state(2, newCa, next.pinned());
    install(OPERATOR, ROOT.certificate(), newCa, announcing).then().statusCode(200);
    VerifiedDomain underOld = domain(ROOT);
    assertThat(underOld.record().gen()).isEqualTo(2);

    X509Certificate nextCa = next.certify(init(OPERATOR));
    install(OPERATOR, next.certificate(), nextCa, next.state(3, nextCa)).then().statusCode(200);

    VerifiedDomain underNext = domain(next);
    assertThat(underNext.record().seq()).isGreaterThan(underOld.record().seq());
    assertThat(underNext.record().retiredRoots())
        .extracting(DomainRecord.RetiredRoot::statement)
        .containsExactly(announcing);
    anonymous().get("/q/health/ready").then().statusCode(200);
  }

  private static VerifiedDomain domain(OfflineRoot root) {
    return RecordVerifier.verifyDomain(
        anyone().get("/v1/domains/" + OPERATOR).path("record"),
        root.pinned(),
        DOMAIN,
        Instant.now());
  }
}
