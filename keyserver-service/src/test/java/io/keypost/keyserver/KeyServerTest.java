package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.config;
import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.peer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.keyserver.PublicPort.Credential;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.ServersRecord;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.testsupport.SharedServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.config.SSLConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A key server after its first start, with its pin in DNS, as users, servers and peers see it:
 * KP-KSV-1, KP-KSV-2, KP-KSV-6, KP-KSV-7, KP-KSV-8, KP-KSV-9, KP-ENR-1, KP-ENR-2, KP-ENR-3,
 * KP-ENR-4, KP-ENR-5, KP-TOK-1, KP-TOK-2; threats T11, T28, T34, T41.
 */
@QuarkusTest
@QuarkusTestResource(value = KeyServerTestResource.class, restrictToAnnotatedClass = true)
class KeyServerTest {
  private static final String OPERATOR = config("keypost.operator", String.class);
  private static final MailDomain DOMAIN = MailDomain.parse(OPERATOR);
  private static final OfflineRoot ROOT = new OfflineRoot(DOMAIN);
  private static boolean ready;

  @BeforeEach
  void firstStart() {
    if (ready) {
      return;
    }
    OperatorApi.makeReady(OPERATOR, ROOT);
    String txt = operator().get("/operator/domains/" + OPERATOR).path("dns.txt");
    SharedServers servers = SharedServers.get();
    servers.dns().zone(OPERATOR, ZoneSecurity.SIGNED);
    servers.dns().put("_keypost." + OPERATOR + ". 30 IN TXT \"" + txt + "\"");
    servers.dns().put("ks." + OPERATOR + ". 30 IN A 127.0.0.1");
    ready = true;
  }

  private static Address fresh(String name) {
    return Address.parse(
        name + "-" + UUID.randomUUID().toString().substring(0, 8) + "@" + OPERATOR);
  }

  private static String code(Address address) {
    return operator()
        .body(Map.of("address", address.toString()))
        .post("/operator/domains/" + OPERATOR + "/codes")
        .then()
        .statusCode(201)
        .extract()
        .path("code");
  }

  private static Response enrol(String compact) {
    return anyone()
        .config(
            RestAssured.config()
                .sslConfig(SSLConfig.sslConfig().relaxedHTTPSValidation())
                .encoderConfig(
                    EncoderConfig.encoderConfig()
                        .encodeContentTypeAs("application/jose", ContentType.TEXT)))
        .contentType("application/jose")
        .body(compact)
        .post("/v1/enrolments");
  }

  private static TestUser enrolled(String name) {
    TestUser user = new TestUser(fresh(name));
    enrol(user.enrolment(code(user.address()), Map.of())).then().statusCode(201);
    return user;
  }

  private static String endpoint() {
    return "https://ks."
        + OPERATOR
        + ":"
        + config("keypost.keyserver.port", Integer.class)
        + "/v1/tokens";
  }

  private static Response exchange(String assertion, String audience) {
    return anyone()
        .contentType(ContentType.URLENC)
        .formParam("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .formParam("assertion", assertion)
        .formParam("audience", audience)
        .post("/v1/tokens");
  }

  private static String token(TestUser user) {
    Response response = exchange(user.assertion(user.claims(endpoint())), "directory");
    response.then().statusCode(200);
    return response.path("access_token");
  }

  private static VerifiedDomain domain() {
    return RecordVerifier.verifyDomain(
        anyone().get("/v1/domains/" + OPERATOR).path("record"),
        ROOT.pinned(),
        DOMAIN,
        Instant.now());
  }

  private static AddressRecord address(String jws, Address asked) {
    return RecordVerifier.verifyAddress(jws, domain(), asked, Instant.now()).record();
  }

  private static void refused(Response response, int status, String code) {
    assertThat(response.<String>path("code")).isEqualTo(code);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.contentType()).isEqualTo("application/problem+json");
  }

  private static Response lookup(RequestSpecification caller, Address... asked) {
    return caller
        .contentType(ContentType.JSON)
        .body(Map.of("addresses", Arrays.stream(asked).map(Address::toString).toList()))
        .post("/v1/lookups");
  }

  // Enrolment.

  @Test
  void enrolsAUserWithACodeAndPublishesTheCertificate() {
    TestUser alice = new TestUser(fresh("alice"));

    Response response = enrol(alice.enrolment(code(alice.address()), Map.of()));

    response.then().statusCode(201);
    AddressRecord record = address(response.path("record"), alice.address());
    assertThat(record.content()).isInstanceOf(AddressRecord.Mailbox.class);
    assertThat(((AddressRecord.Mailbox) record.content()).certificate())
        .isEqualTo(alice.key().certificate().encode());
    assertThat(record.statements()).hasSize(1);
    assertThat(record.seq()).isPositive();
  }

  @Test
  void aCodeIsGoodOnceForItsAddressOnlyByKpEnr1() {
    TestUser alice = new TestUser(fresh("alice"));
    String code = code(alice.address());
    TestUser mallory = new TestUser(fresh("mallory"));

    refused(enrol(mallory.enrolment(code, Map.of())), 403, "code_invalid");
    refused(enrol(alice.enrolment("no-such-code", Map.of())), 403, "code_invalid");
    enrol(alice.enrolment(code, Map.of())).then().statusCode(201);
    refused(enrol(alice.enrolment(code, Map.of())), 403, "code_invalid");
  }

  @Test
  void refusesAForeignKeyAndLeavesTheCodeGoodByKpEnr3() {
    TestUser alice = new TestUser(fresh("alice"));
    TestUser mallory = new TestUser(alice.address());
    String code = code(alice.address());

    Response foreign =
        enrol(
            mallory.enrolment(
                code, Map.of("certificate", alice.key().certificate().encode().base64Url())));

    refused(foreign, 403, "proof_invalid");
    enrol(alice.enrolment(code, Map.of())).then().statusCode(201);
  }

  @Test
  void refusesACertificateForAnotherAddressByKpEnr4() {
    TestUser alice = new TestUser(fresh("alice"));
    TestUser bob = new TestUser(fresh("bob"));

    Response response =
        enrol(
            alice.enrolment(
                code(alice.address()),
                Map.of("certificate", bob.key().certificate().encode().base64Url())));

    refused(response, 400, "user_certificate_invalid");
  }

  @Test
  void aNewKeyNeedsTheLastOnesWordByKpEnr5() {
    TestUser first = enrolled("alice");
    TestUser second = new TestUser(first.address());
    String before = lookup(user(token(first)), first.address()).path("answers[0].record");
    String code = code(first.address());

    refused(enrol(second.enrolment(code, Map.of())), 400, "statement_invalid");
    KeyHistory history =
        KeyHistory.verify(
            first.address(),
            address(before, first.address()).statements().stream()
                .map(KeyStatement::parse)
                .toList());
    KeyStatement next =
        KeyStatement.next(
            history, KeyStatement.keyOf(second.key().certificate()), first.key(), Instant.now());
    Response response = enrol(second.enrolment(code, Map.of("statement", next.text())));

    response.then().statusCode(201);
    AddressRecord now = address(response.path("record"), first.address());
    assertThat(now.seq()).isGreaterThan(address(before, first.address()).seq());
    assertThat(now.predecessor()).isEqualTo(Digest.sha256(Bytes.utf8(before)));
    assertThat(now.statements()).hasSize(2);
    refused(
        exchange(first.assertion(first.claims(endpoint())), "directory"), 400, "assertion_invalid");
  }

  @Test
  void refusesARequestThatItsLoginKeyDidNotSignByKpEnr2() {
    TestUser alice = new TestUser(fresh("alice"));
    String code = code(alice.address());
    String request = alice.enrolment(code, Map.of());
    String other = new TestUser(alice.address()).enrolment(code, Map.of());

    String mixed =
        request.substring(0, request.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));

    refused(enrol(mixed), 403, "proof_invalid");
  }

  @Test
  void aUserMayRevokeHisKeyButNotTakeARevocationBackByKpKsv6() {
    TestUser alice = enrolled("alice");
    String token = token(alice);
    UserSecretKey revoked =
        alice.key().revokeSigningSubkey(RevocationReason.COMPROMISED, Instant.now());

    Response update =
        user(token)
            .body(Map.of("certificate", revoked.certificate().encode().base64Url()))
            .put("/v1/certificate");

    assertThat(update.statusCode()).as(update.asString()).isEqualTo(200);
    assertThat(
            ((AddressRecord.Mailbox) address(update.path("record"), alice.address()).content())
                .certificate())
        .isEqualTo(revoked.certificate().encode());
    refused(
        user(token)
            .body(Map.of("certificate", alice.key().certificate().encode().base64Url()))
            .put("/v1/certificate"),
        400,
        "user_certificate_invalid");
  }

  // Tokens.

  @Test
  void givesATokenForASignedAssertionOnceByKpTok2() {
    TestUser alice = enrolled("alice");
    String assertion = alice.assertion(alice.claims(endpoint()));

    Response response = exchange(assertion, "submission");

    response.then().statusCode(200);
    assertThat(response.<String>path("token_type")).isEqualTo("Bearer");
    assertThat(response.<Integer>path("expires_in")).isEqualTo(600);
    assertThat(response.<String>path("submission_url")).endsWith("/v1/submissions");
    refused(exchange(assertion, "submission"), 400, "assertion_invalid");
  }

  @Test
  void refusesAssertionsForAnotherAudienceOverlongExpiredOrOfAnotherKeyByKpTok1() {
    TestUser alice = enrolled("alice");
    TestUser bob = enrolled("bob");
    Instant now = Instant.now();
    Map<String, Object> elsewhere = alice.claims("https://ks.other.test/v1/tokens");
    Map<String, Object> overlong = alice.claims(endpoint());
    overlong.put("exp", now.plusSeconds(3600).getEpochSecond());
    Map<String, Object> expired = alice.claims(endpoint());
    expired.put("iat", now.minusSeconds(200).getEpochSecond());
    expired.put("exp", now.minusSeconds(100).getEpochSecond());
    Map<String, Object> another = alice.claims(endpoint());
    Map<String, Object> ahead = alice.claims(endpoint());
    ahead.put("iat", now.plusSeconds(600).getEpochSecond());
    ahead.put("exp", now.plusSeconds(700).getEpochSecond());

    for (Map<String, Object> claims : List.of(elsewhere, overlong, expired)) {
      refused(exchange(alice.assertion(claims), "mailbox"), 400, "assertion_invalid");
    }
    refused(exchange(bob.assertion(another), "mailbox"), 400, "assertion_invalid");
    refused(exchange(alice.assertion(ahead), "mailbox"), 503, "clock_wrong");
    TestUser stranger = new TestUser(fresh("nobody"));
    refused(
        exchange(stranger.assertion(stranger.claims(endpoint())), "mailbox"),
        400,
        "assertion_invalid");
  }

  @Test
  void refusesAlgNoneAndAnHmacUnderThePublicKey() {
    TestUser alice = enrolled("alice");
    String[] parts = alice.assertion(alice.claims(endpoint())).split("\\.");
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    for (String alg : List.of("none", "HS256")) {
      String header =
          "{\"alg\":\"" + alg + "\",\"kid\":\"" + alice.thumbprint().base64Url() + "\"}";
      String forged =
          base64.encodeToString(header.getBytes(StandardCharsets.UTF_8)) + "." + parts[1] + ".";
      refused(exchange(forged, "directory"), 400, "assertion_invalid");
      refused(exchange(forged + parts[2], "directory"), 400, "assertion_invalid");
    }
  }

  @Test
  void aTokenForAnotherAudienceOpensNothingHere() {
    TestUser alice = enrolled("alice");
    String token =
        exchange(alice.assertion(alice.claims(endpoint())), "mailbox").path("access_token");

    refused(lookup(user(token), alice.address()), 401, "token_invalid");
    refused(lookup(user("not.a.token"), alice.address()), 401, "token_invalid");
  }

  // Look-ups.

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
    operator()
        .post("/operator/servers/certificates/" + digest + "/revocation")
        .then()
        .statusCode(200);
    refused(lookup(peer(delivery), fresh("alice")), 403, "certificate_unlisted");
  }

  // Servers.

  @Test
  void anEnrolledServerStandsInTheServersRecordAndItsPool() {
    String host = "mx1." + OPERATOR;
    var server =
        enrolServer(
            DOMAIN,
            serverCode(
                "ingress",
                host,
                Map.of(
                    "pool",
                    Map.of(
                        "name",
                        "default",
                        "host",
                        host,
                        "port",
                        8444,
                        "priority",
                        10,
                        "weight",
                        5))));

    ServersRecord record =
        RecordVerifier.verifyServers(
                anyone().get("/v1/operators/" + OPERATOR + "/servers").path("record"),
                domain(),
                Instant.now())
            .record();

    assertThat(record.certificates())
        .contains(CertificateDigests.certificate(server.credential().chain().getFirst()));
    assertThat(record.pool("default").orElseThrow().servers())
        .anyMatch(member -> member.host().value().equals(host) && member.port() == 8444);
  }

  @Test
  void aServersCodeIsGoodOnceByKpKsv7() {
    String code = serverCode("ingress", "mx2." + OPERATOR, Map.of());
    enrolServer(DOMAIN, code);

    Response again =
        anyone()
            .contentType(ContentType.JSON)
            .body(
                Map.of(
                    "code",
                    code,
                    "server_request",
                    CertificateRequest.make(
                            DOMAIN,
                            CertificateUse.SERVER,
                            P256.generate(PublicPort.RANDOM),
                            PublicPort.RANDOM)
                        .toPem()))
            .post("/v1/server-enrolments");

    refused(again, 403, "code_invalid");
  }

  // Aliases.

  @Test
  void anAliasNeedsTheTargetsConsentByKpKsv9() {
    TestUser bob = enrolled("bob");
    Address info = fresh("info");
    String path = "/operator/domains/" + OPERATOR + "/aliases/" + info.local();
    Map<String, String> body = Map.of("target", bob.address().toString());
    refused(operator().body(body).put(path), 409, "consent_missing");

    String token = token(bob);
    consent(bob, info, token, 1).then().statusCode(201);
    assertThat(operator().body(body).put(path).statusCode()).isEqualTo(200);

    Response followed = lookup(user(token), info);
    AddressRecord alias = address(followed.path("answers[0].record"), info);
    assertThat(alias.content()).isInstanceOf(AddressRecord.Alias.class);
    assertThat(((AddressRecord.Alias) alias.content()).target()).isEqualTo(bob.address());
    assertThat(followed.<String>path("answers[1].address")).isEqualTo(bob.address().toString());

    operator().delete(path).then().statusCode(200);
    AddressRecord ended = address(lookup(user(token), info).path("answers[0].record"), info);
    assertThat(ended.content()).isEqualTo(new AddressRecord.Unknown());
    assertThat(ended.seq()).isGreaterThan(alias.seq());
  }

  @Test
  void aConsentIsTheTargetsOwnAndItsSerialRises() {
    TestUser bob = enrolled("bob");
    TestUser mallory = enrolled("mallory");
    Address info = fresh("info");
    String token = token(bob);

    refused(consent(bob, info, token(mallory), 1), 403, "forbidden");
    consent(bob, info, token, 7).then().statusCode(201);
    refused(consent(bob, info, token, 7), 409, "conflict");
    Map<String, Object> forged =
        Map.of(
            "alias", info.toString(),
            "target", bob.address().toString(),
            "serial", 9,
            "signature", ConsentSignatures.sign(info, 9, mallory.key(), Instant.now()).base64Url());
    refused(user(token).body(forged).post("/v1/consents"), 400, "consent_invalid");
  }

  private static Response consent(TestUser target, Address alias, String token, long serial) {
    return user(token)
        .body(
            Map.of(
                "alias", alias.toString(),
                "target", target.address().toString(),
                "serial", serial,
                "signature",
                    ConsentSignatures.sign(alias, serial, target.key(), Instant.now()).base64Url()))
        .post("/v1/consents");
  }

  @Test
  void aMailboxBecomesNoAliasWithoutItsOwnKeysWord() {
    TestUser bob = enrolled("bob");
    TestUser carol = enrolled("carol");
    consent(bob, carol.address(), token(bob), 1).then().statusCode(201);

    Response response =
        operator()
            .body(Map.of("target", bob.address().toString()))
            .put("/operator/domains/" + OPERATOR + "/aliases/" + carol.address().local());

    refused(response, 400, "statement_invalid");
  }

  // Operators.

  @Test
  void theOperatorsApiTakesTheAdminTokenOnlyByKpKsv8() {
    refused(OperatorApi.anonymous().get("/operator/domains"), 401, "unauthenticated");
    refused(
        OperatorApi.anonymous().header("Authorization", "Bearer wrong").get("/operator/audit"),
        401,
        "unauthenticated");
    anyone().get("/operator/domains").then().statusCode(404);
  }

  @Test
  void aRevokedAddressSaysSoAndItsLoginEnds() {
    TestUser alice = enrolled("alice");
    TestUser bob = enrolled("bob");
    String token = token(bob);

    operator()
        .post("/operator/addresses/" + alice.address() + "/revocation")
        .then()
        .statusCode(200);

    assertThat(
            address(lookup(user(token), alice.address()).path("answers[0].record"), alice.address())
                .content())
        .isInstanceOf(AddressRecord.Revoked.class);
    refused(
        exchange(alice.assertion(alice.claims(endpoint())), "directory"), 400, "assertion_invalid");
  }

  @Test
  void everyChangeStandsInTheAuditLog() {
    TestUser alice = enrolled("alice");

    List<Map<String, String>> entries = operator().get("/operator/audit?limit=500").path("entries");

    assertThat(entries)
        .anyMatch(
            entry ->
                entry.get("action").equals("enrolled")
                    && entry.get("actor").equals("user:" + alice.address()))
        .anyMatch(
            entry ->
                entry.get("action").equals("code-given")
                    && entry.get("subject").equals(alice.address().toString()));
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
