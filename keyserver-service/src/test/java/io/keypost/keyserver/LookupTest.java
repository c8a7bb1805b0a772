package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.peer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.keyserver.PublicPort.Credential;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.AddressRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Addresses as users, peers and nobody in particular look them up: KP-KSV-1, KP-KSV-2; threats T28,
 * T41.
 */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class LookupTest extends ReadyKeyServer {

  @Test
  void anUnauthenticatedLookUpTellsNothingOfAnAddressByKpKsv1() {
    TestUser alice = enrolled("alice");

    Response known = lookup(anyone(), alice.address());
    Response unknown = lookup(anyone(), fresh("nobody"));

    refused(known, 401, "unauthenticated");
    assertThat(unknown.statusCode()).isEqualTo(known.statusCode());
    assertThat(unknown.asString()).isEqualTo(known.asString());
  }

  @Test
  void pathTricksLeadAroundNoCheck() {
    TestUser alice = enrolled("alice");
    String body = "{\"addresses\":[\"" + alice.address() + "\"]}";
    for (String path :
        List.of(
            "//v1/lookups",
            "/v1//lookups",
            "/v1/;x/lookups",
            "/;x/v1/lookups",
            "/v1/lookups;x=y",
            "/v1/x/..;/lookups",
            "/v1/x/../lookups",
            "/v1%2flookups",
            "/v1/%2e/lookups",
            "/v1/x/%2e%2e/lookups",
            "/V1/Lookups",
            "/v1/lookups/")) {
      Response response = anyone().contentType(ContentType.JSON).body(body).post(path);
      assertThat(response.statusCode()).as(path).isIn(400, 401, 404, 405);
      assertThat(response.asString()).as(path).doesNotContain("\"record\"");
    }
    for (String path :
        List.of(
            "//operator/domains",
            "/operator//domains",
            "/;x/operator/domains",
            "/operator;x/domains",
            "/x/..;/operator/domains",
            "/operator%2fdomains",
            "/%2e/operator/domains",
            "/Operator/domains",
            "/operator/domains/")) {
      Response response = OperatorApi.anonymous().get(path);
      assertThat(response.statusCode()).as(path).isIn(400, 401, 404);
      assertThat(response.asString()).as(path).doesNotContain(OPERATOR);
    }
  }

  @Test
  void aUserGetsRecordsAndAllThatVerifiesThemByKpKsv2() {
    TestUser alice = enrolled("alice");
    TestUser bob = enrolled("bob");

    Response response = lookup(user(token(alice)), bob.address());

    response.then().statusCode(200);
    assertThat(address(response.path("answers[0].record"), bob.address()).content())
        .isInstanceOf(AddressRecord.Mailbox.class);
    assertThat(response.<Map<String, String>>path("domains")).containsOnlyKeys(OPERATOR);
    assertThat(response.<Map<String, String>>path("servers")).containsOnlyKeys(OPERATOR);
  }

  @Test
  void whatNeverStoodThereIsAnsweredSignedAndATagLeadsToTheMailbox() {
    TestUser alice = enrolled("alice");
    Address nobody = fresh("nobody");
    Address tagged = Address.parse(alice.address().local() + "+news@" + OPERATOR);

    Response response = lookup(user(token(alice)), nobody, tagged);

    AddressRecord unknown = address(response.path("answers[0].record"), nobody);
    assertThat(unknown.content()).isEqualTo(new AddressRecord.Unknown());
    assertThat(unknown.seq()).isZero();
    assertThat(address(response.path("answers[1].record"), tagged).address())
        .isEqualTo(alice.address());
  }

  @Test
  void aServerOfAnOperatorLooksUpWithItsCertificate() {
    TestUser alice = enrolled("alice");
    Credential ingress =
        enrolServer(DOMAIN, serverCode("ingress", "mx." + OPERATOR, Map.of())).credential();

    // The key server looks its own operator up first, as everybody does; on a busy machine that is
    // refused for a while, and says so.
    Response response =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> lookup(peer(ingress), alice.address()), r -> r.statusCode() != 503);

    assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
    assertThat(address(response.path("answers[0].record"), alice.address()).address())
        .isEqualTo(alice.address());
  }

  @Test
  void refusesAForeignCertificateAndOneThatWasRevoked() {
    OfflineRoot forged = new OfflineRoot(DOMAIN);
    KeyPair caKeys = P256.generate(PublicPort.RANDOM);
    var ca =
        forged.certify(
            CertificateRequest.make(
                DOMAIN, CertificateUse.OPERATIONAL_CA, caKeys, PublicPort.RANDOM));
    KeyPair keys = P256.generate(PublicPort.RANDOM);
    var leaf =
        new CertificateIssuer(ca, caKeys.getPrivate(), PublicPort.RANDOM)
            .server(List.of(MailDomain.parse("mx." + OPERATOR)), keys.getPublic(), Instant.now());
    refused(
        lookup(peer(new Credential(List.of(leaf, ca), keys.getPrivate())), fresh("alice")),
        403,
        "certificate_untrusted");

    Credential delivery =
        enrolServer(DOMAIN, serverCode("delivery", "mail." + OPERATOR, Map.of())).credential();
    String digest = CertificateDigests.certificate(delivery.chain().getFirst()).base64Url();
    operator().post("/operator/certificates/" + digest + "/revocation").then().statusCode(200);
    refused(lookup(peer(delivery), fresh("alice")), 403, "certificate_revoked");
  }

  @Test
  void refusesWhatIsNotTheJsonThatIsTaken() {
    for (String body :
        List.of("{}", "{\"addresses\":[]}", "[", "{\"addresses\":[\"a\"],\"more\":1}")) {
      TestUser alice = enrolled("alice");
      Response response = user(token(alice)).body(body).post("/v1/lookups");
      assertThat(response.statusCode()).as(body).isEqualTo(400);
      assertThat(response.contentType()).as(body).isEqualTo("application/problem+json");
    }
  }
}
