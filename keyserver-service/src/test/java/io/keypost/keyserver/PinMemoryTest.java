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
import io.keypost.keyserver.pin.PinLedger;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import io.keypost.testsupport.SharedServers;
import io.keypost.testsupport.TestOperators;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The provider's memory of pins, and what its servers tell of: KP-PIN-20 to KP-PIN-23; threats T07,
 * T31.
 */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class PinMemoryTest extends ReadyKeyServer {
  private static final Digest ROOT_A = Digest.sha256(Bytes.utf8("a"));
  private static final Digest ROOT_B = Digest.sha256(Bytes.utf8("b"));
  private static Credential server;

  @Inject PinLedger ledger;

  private final String domain = SharedServers.get().newDomain("remembered");

  @BeforeEach
  void enrol() {
    if (server == null) {
      server = enrolServer(DOMAIN, serverCode("verifier", "v." + OPERATOR, Map.of())).credential();
      // The key server looks its own operator up first; on a busy machine that is refused a while.
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> recall(own()).statusCode(), status -> status == 200);
    }
  }

  private static RequestSpecification own() {
    return peer(server);
  }

  private Response recall(RequestSpecification caller) {
    return caller.get("/v1/pins/" + domain);
  }

  private Response replace(RequestSpecification caller, Object expected, Object replacement) {
    Map<String, Object> body = new HashMap<>();
    body.put("expected", expected);
    body.put("replacement", replacement);
    return caller.body(body).put("/v1/pins/" + domain);
  }

  private static Map<String, Object> pin(Digest root, int gen) {
    return Map.of(
        "root",
        root.base64Url(),
        "gen",
        gen,
        "remembered_until",
        1_800_000_000,
        "first_seen",
        1_790_000_000,
        "first_seen_by",
        "https");
  }

  private Response report(Map<String, Object> incident) {
    return own().body(incident).post("/v1/incidents");
  }

  @Test
  void remembersForTheOperatorsServersByCompareAndSetByKpPin20() {
    assertThat(recall(own()).<Object>path("remembered")).isNull();

    assertThat(replace(own(), null, pin(ROOT_A, 1)).<Boolean>path("replaced")).isTrue();
    assertThat(replace(own(), null, pin(ROOT_B, 1)).<Boolean>path("replaced")).isFalse();
    assertThat(replace(own(), pin(ROOT_B, 1), pin(ROOT_B, 2)).<Boolean>path("replaced")).isFalse();
    assertThat(replace(own(), pin(ROOT_A, 1), pin(ROOT_A, 2)).<Boolean>path("replaced")).isTrue();

    assertThat(recall(own()).<Map<String, Object>>path("remembered")).isEqualTo(pin(ROOT_A, 2));
  }

  @Test
  void ofManyWhoRememberAtOnceOneSucceedsByKpPin20() throws Exception {
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> attempts =
          IntStream.range(0, 16)
              .<Callable<Boolean>>mapToObj(
                  gen -> () -> replace(own(), null, pin(ROOT_A, gen)).<Boolean>path("replaced"))
              .toList();
      long succeeded = 0;
      for (Future<Boolean> attempt : many.invokeAll(attempts)) {
        succeeded += attempt.get() ? 1 : 0;
      }
      assertThat(succeeded).isEqualTo(1);
    }
  }

  @Test
  void tellsNobodyButTheOperatorsOwnServersByKpPin20() throws Exception {
    refused(recall(anyone()), 401, "unauthenticated");
    refused(recall(user(token(enrolled("alice")))), 401, "unauthenticated");
    refused(report(anyone(), Map.of("incident", "equivocation")), 401, "unauthenticated");
    try (TestOperators others = new TestOperators()) {
      var foreign = others.newOperator("foreign");
      var theirs = foreign.listedServer("mx." + foreign.domain());
      Credential credential = new Credential(theirs.chain(), theirs.key());
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> recall(peer(credential)).statusCode(), status -> status != 503);

      refused(recall(peer(credential)), 403, "certificate_unlisted");
      refused(replace(peer(credential), null, pin(ROOT_A, 1)), 403, "certificate_unlisted");
      assertThat(recall(own()).<Object>path("remembered")).isNull();
    }
  }

  private static Response report(RequestSpecification caller, Map<String, Object> incident) {
    return caller.contentType("application/json").body(incident).post("/v1/incidents");
  }

  @Test
  void refusesWhatIsNoPin() {
    refused(replace(own(), null, Map.of("root", "short")), 400, "malformed_request");
    refused(own().body("{}").put("/v1/pins/" + domain), 400, "malformed_request");
    refused(own().get("/v1/pins/UPPER.test"), 400, "malformed_address");
  }

  @Test
  void aRootThatNobodyAnnouncedIsHeldUntilAnAdministratorTakesItByT31AndKpPin22() {
    replace(own(), null, pin(ROOT_A, 7));
    Map<String, Object> broken =
        Map.of(
            "incident",
            "continuity_broken",
            "domain",
            domain,
            "shown",
            ROOT_B.base64Url(),
            "security",
            "secure");
    report(broken).then().statusCode(204);
    report(broken).then().statusCode(204);

    assertThat(operator().get("/operator/pins/held").<List<String>>path("held.domain"))
        .containsOnlyOnce(domain);
    Response shown = operator().get("/operator/pins/" + domain);
    assertThat(shown.<String>path("remembered.root")).isEqualTo(ROOT_A.base64Url());
    assertThat(shown.<List<String>>path("held.root")).containsExactly(ROOT_B.base64Url());
    refused(accept(Digest.sha256(Bytes.utf8("never shown"))), 404, "not_found");

    Response accepted = accept(ROOT_B);

    assertThat(accepted.<String>path("remembered.root")).isEqualTo(ROOT_B.base64Url());
    assertThat(accepted.<String>path("remembered.first_seen_by")).isEqualTo("administrator");
    assertThat(accepted.<List<Object>>path("held")).isEmpty();
    assertThat(ledger.recall(MailDomain.parse(domain)).orElseThrow().isFollowed(Instant.now()))
        .as("it must be seen securely before it is followed")
        .isFalse();
    assertThat(
            operator().get("/operator/audit?limit=500").<List<Map<String, String>>>path("entries"))
        .anyMatch(
            entry ->
                entry.get("action").equals("root-accepted") && entry.get("subject").equals(domain));
  }

  private Response accept(Digest root) {
    return operator()
        .body(Map.of("root", root.base64Url()))
        .post("/operator/pins/" + domain + "/acceptance");
  }

  @Test
  void keepsBothRecordsThatContradictEachOtherForEverybodyToVerifyByT07() {
    for (String record : List.of("one.record.jws", "another.record.jws", "one.record.jws")) {
      report(
              Map.of(
                  "incident",
                  "equivocation",
                  "kind",
                  "kp-address",
                  "subject",
                  "bob@" + domain,
                  "gen",
                  3,
                  "seq",
                  9,
                  "record",
                  record))
          .then()
          .statusCode(204);
    }

    List<Map<String, Object>> kept =
        operator().get("/operator/equivocations").<List<Map<String, Object>>>path("records");

    assertThat(kept)
        .filteredOn(record -> record.get("subject").equals("bob@" + domain))
        .extracting(record -> record.get("record"))
        .containsExactlyInAnyOrder("one.record.jws", "another.record.jws");
  }

  @Test
  void itsOwnDirectoryRemembersInTheDatabaseByKpPin20AndKpPin23() {
    assertThat(ledger.recall(DOMAIN).orElseThrow().root()).isEqualTo(ROOT.pinned());
    assertThat(
            operator().get("/operator/pins/" + OPERATOR).<String>path("remembered.first_seen_by"))
        .isEqualTo("enrolment");
  }

  @Test
  void showsThePinOfADomainThatIsHostedHereOverHttpsByKpPin21() {
    String txt = operator().get("/operator/domains/" + OPERATOR).path("dns.txt");

    Response shown = wellKnown("keypost." + OPERATOR);

    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(shown.contentType()).startsWith("text/plain");
    assertThat(shown.asString()).isEqualTo(txt + "\n");
    assertThat(Pin.parse(shown.asString().strip(), DOMAIN).root()).isEqualTo(ROOT.pinned());
    refused(wellKnown("keypost.nowhere.test"), 404, "not_found");
    refused(wellKnown("ks." + OPERATOR), 404, "not_found");
  }

  private static Response wellKnown(String host) {
    return anyone().header("Host", host).get("/.well-known/keypost");
  }
}
