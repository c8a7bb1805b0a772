package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.record.AddressRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What operators do, and that only they do: KP-KSV-8. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class OperatorTest extends ReadyKeyServer {

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
}
