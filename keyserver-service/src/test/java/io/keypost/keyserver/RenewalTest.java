package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.init;
import static io.keypost.keyserver.OperatorApi.install;
import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.peer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.keyserver.PublicPort.Credential;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.CheckedCertificate;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.VerifiedDomain;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Servers renew their own certificates: KP-KSV-21. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class RenewalTest extends ReadyKeyServer {

  @Test
  void aServerRenewsByItsOwnCertificateAndBothStayListedByKpKsv21() {
    String host = "renews1." + OPERATOR;
    Credential first = enrolServer(DOMAIN, serverCode("router", host, Map.of())).credential();

    Credential second = renewed(first);

    assertThat(digest(second)).isNotEqualTo(digest(first));
    assertThat(second.chain().getFirst().getPublicKey())
        .isNotEqualTo(first.chain().getFirst().getPublicKey());
    CheckedCertificate checked = check(second.chain(), CertificateUse.SERVER);
    assertThat(checked.hosts()).extracting(Object::toString).containsExactly(host);
    assertThat(
            RecordVerifier.verifyServers(
                    anyone().get("/v1/operators/" + OPERATOR + "/servers").path("record"),
                    domain(),
                    Instant.now())
                .record()
                .certificates())
        .contains(digest(first), digest(second));
    assertThat(digest(renewed(second))).isNotEqualTo(digest(second));
  }

  @Test
  void aServerThatSignsReceiptsRenewsThatKeyTooByKpKsv21() {
    String code =
        serverCode("delivery", "renews2." + OPERATOR, Map.of("purpose", "SERVER_AND_RECEIPTS"));
    KeyPair keys = P256.generate(PublicPort.RANDOM);
    Response enrolled =
        anyone()
            .contentType(ContentType.JSON)
            .body(requests(keys, Map.of("code", code)))
            .post("/v1/server-enrolments");
    enrolled.then().statusCode(201);
    Credential first = new Credential(chain(enrolled, "server_certificates"), keys.getPrivate());

    Response renewed =
        peer(first)
            .body(requests(P256.generate(PublicPort.RANDOM), Map.of()))
            .post("/v1/server-renewals");

    renewed.then().statusCode(201);
    List<X509Certificate> receipts = chain(renewed, "receipt_certificates");
    check(receipts, CertificateUse.RECEIPT);
    Digest before =
        CertificateDigests.certificate(chain(enrolled, "receipt_certificates").getFirst());
    List<Map<String, String>> listed =
        operator().get("/operator/domains/" + OPERATOR + "/certificates").path("certificates");
    assertThat(listed)
        .as("what the old one signed stays good")
        .anyMatch(
            c ->
                c.get("digest").equals(before.base64Url())
                    && c.get("use").equals("receipt")
                    && c.get("state").equals("in_force"))
        .anyMatch(
            c ->
                c.get("digest")
                    .equals(CertificateDigests.certificate(receipts.getFirst()).base64Url()));
    Credential router =
        enrolServer(DOMAIN, serverCode("router", "renews3." + OPERATOR, Map.of())).credential();
    refused(
        peer(router)
            .body(requests(P256.generate(PublicPort.RANDOM), Map.of()))
            .post("/v1/server-renewals"),
        400,
        "malformed_request");
  }

  @Test
  void whoStoleARevokedKeyRenewsNothingAndKeepsNothingByKpKsv21() {
    Credential stolen =
        enrolServer(DOMAIN, serverCode("router", "renews4." + OPERATOR, Map.of())).credential();
    Credential thiefs = renewed(stolen);

    operator()
        .post("/operator/certificates/" + digest(stolen).base64Url() + "/revocation")
        .then()
        .statusCode(200);

    refused(renew(stolen), 403, "certificate_revoked");
    refused(renew(thiefs), 403, "certificate_revoked");
  }

  @Test
  void aCertificateThatWasNotGivenHereRenewsNothingByKpKsv21() {
    OfflineRoot forged = new OfflineRoot(DOMAIN);
    KeyPair caKeys = P256.generate(PublicPort.RANDOM);
    X509Certificate ca =
        forged.certify(
            CertificateRequest.make(
                DOMAIN, CertificateUse.OPERATIONAL_CA, caKeys, PublicPort.RANDOM));
    KeyPair keys = P256.generate(PublicPort.RANDOM);
    X509Certificate leaf =
        new CertificateIssuer(ca, caKeys.getPrivate(), PublicPort.RANDOM)
            .server(List.of(MailDomain.parse("mx." + OPERATOR)), keys.getPublic(), Instant.now());

    refused(
        renew(new Credential(List.of(leaf, ca), keys.getPrivate())), 403, "certificate_unlisted");
    refused(
        anyone()
            .contentType(ContentType.JSON)
            .body(Map.of("server_request", request(keys, CertificateUse.SERVER)))
            .post("/v1/server-renewals"),
        401,
        "unauthenticated");
  }

  @Test
  void aServerOfACaThatIsNoLongerInForceRenewsUnderTheNewOneByKpKsv21() {
    Credential old =
        enrolServer(DOMAIN, serverCode("router", "renews5." + OPERATOR, Map.of())).credential();
    X509Certificate ca = ROOT.certify(init(OPERATOR));
    install(OPERATOR, ROOT.certificate(), ca, ROOT.state(domain().record().gen() + 1, ca))
        .then()
        .statusCode(200);
    Digest oldCa = CertificateDigests.certificate(old.chain().get(1));
    assertThat(
            RecordVerifier.verifyRevocations(
                    anyone().get("/v1/domains/" + OPERATOR + "/revocations").path("record"),
                    domain(),
                    Instant.now())
                .record()
                .certificates())
        .as("KP-REC-20: a CA that the root no longer lists is revoked")
        .contains(oldCa);

    Credential renewed = renewed(old);

    assertThat(renewed.chain().get(1)).isEqualTo(ca);
    check(renewed.chain(), CertificateUse.SERVER);
  }

  private static Digest digest(Credential credential) {
    return CertificateDigests.certificate(credential.chain().getFirst());
  }

  private static CheckedCertificate check(List<X509Certificate> chain, CertificateUse use) {
    VerifiedDomain domain = domain();
    return CertificateChecker.check(
        chain, domain.rootCertificate(), domain.operationalCas(), use, DOMAIN, Instant.now());
  }

  private static String request(KeyPair keys, CertificateUse use) {
    return CertificateRequest.make(DOMAIN, use, keys, PublicPort.RANDOM).toPem();
  }

  private static Map<String, Object> requests(KeyPair server, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("server_request", request(server, CertificateUse.SERVER));
    body.put("receipt_request", request(P256.generate(PublicPort.RANDOM), CertificateUse.RECEIPT));
    return body;
  }

  private static Response renew(Credential credential) {
    return peer(credential)
        .body(
            Map.of(
                "server_request", request(P256.generate(PublicPort.RANDOM), CertificateUse.SERVER)))
        .post("/v1/server-renewals");
  }

  private static Credential renewed(Credential credential) {
    KeyPair keys = P256.generate(PublicPort.RANDOM);
    Response response =
        peer(credential)
            .body(Map.of("server_request", request(keys, CertificateUse.SERVER)))
            .post("/v1/server-renewals");
    response.then().statusCode(201);
    return new Credential(chain(response, "server_certificates"), keys.getPrivate());
  }

  private static List<X509Certificate> chain(Response response, String name) {
    List<X509Certificate> chain = new ArrayList<>();
    response.<List<String>>path(name).forEach(pem -> chain.add(CertificateCodec.fromPem(pem)));
    return chain;
  }
}
