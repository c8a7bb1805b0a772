package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.config;
import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.testsupport.SharedServers;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.config.SSLConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/**
 * A key server after its first start, with its pin in DNS, as users, servers and peers see it. The
 * tests that stand on it share one, since a first start takes its time: each takes addresses and
 * hosts that no other has.
 */
abstract class ReadyKeyServer {
  static final String OPERATOR = config("keypost.operator", String.class);
  static final MailDomain DOMAIN = MailDomain.parse(OPERATOR);
  static final OfflineRoot ROOT = new OfflineRoot(DOMAIN);
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

  static Address fresh(String name) {
    return Address.parse(
        name + "-" + UUID.randomUUID().toString().substring(0, 8) + "@" + OPERATOR);
  }

  static String code(Address address) {
    return operator()
        .body(Map.of("address", address.toString()))
        .post("/operator/domains/" + OPERATOR + "/codes")
        .then()
        .statusCode(201)
        .extract()
        .path("code");
  }

  static Response enrol(String compact) {
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

  static TestUser enrolled(String name) {
    TestUser user = new TestUser(fresh(name));
    enrol(user.enrolment(code(user.address()), Map.of())).then().statusCode(201);
    return user;
  }

  static String endpoint() {
    return "https://ks."
        + OPERATOR
        + ":"
        + config("keypost.keyserver.port", Integer.class)
        + "/v1/tokens";
  }

  static Response exchange(String assertion, String audience) {
    return anyone()
        .contentType(ContentType.URLENC)
        .formParam("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .formParam("assertion", assertion)
        .formParam("audience", audience)
        .post("/v1/tokens");
  }

  static String token(TestUser user) {
    Response response = exchange(user.assertion(user.claims(endpoint())), "directory");
    response.then().statusCode(200);
    return response.path("access_token");
  }

  /** A token for whoever holds the user's recovery code. */
  static String recoveryToken(TestUser user) {
    Response response = exchange(user.recoveryAssertion(user.claims(endpoint())), "keyring");
    response.then().statusCode(200);
    return response.path("access_token");
  }

  static VerifiedDomain domain() {
    return RecordVerifier.verifyDomain(
        anyone().get("/v1/domains/" + OPERATOR).path("record"),
        ROOT.pinned(),
        DOMAIN,
        Instant.now());
  }

  static Verified<RevocationsRecord> revocations() {
    return RecordVerifier.verifyRevocations(
        anyone().get("/v1/domains/" + OPERATOR + "/revocations").path("record"),
        domain(),
        Instant.now());
  }

  static AddressRecord address(String jws, Address asked) {
    return RecordVerifier.verifyAddress(jws, domain(), asked, Instant.now()).record();
  }

  static void refused(Response response, int status, String code) {
    assertThat(response.<String>path("code")).isEqualTo(code);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.contentType()).isEqualTo("application/problem+json");
  }

  static Response lookup(RequestSpecification caller, Address... asked) {
    return caller
        .contentType(ContentType.JSON)
        .body(Map.of("addresses", Arrays.stream(asked).map(Address::toString).toList()))
        .post("/v1/lookups");
  }
}
