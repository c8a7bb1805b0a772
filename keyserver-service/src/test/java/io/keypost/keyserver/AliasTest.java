package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.record.AddressRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Aliases and the consent of their targets: KP-KSV-9; threat T11. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class AliasTest extends ReadyKeyServer {

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
}
