package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.record.AddressRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Aliases, the consent of their targets and the statements of those that have a key: KP-KSV-9,
 * KP-KSV-13, KP-KSV-14, KP-REC-11; threats T10, T11, T42, T45.
 */
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

  @Test
  @DisplayName("T11: no pointer to somebody who did not agree, and none to who took it back")
  void aPointerNeedsAConsentThatStands() {
    TestUser bob = enrolled("bob");
    TestUser carol = enrolled("carol");
    Address info = fresh("info");
    String token = token(bob);
    consent(bob, info, token, 1).then().statusCode(201);

    // Another's consent, one to another alias, and one that was taken back are none.
    refused(point(info, carol.address()), 409, "consent_missing");
    refused(point(fresh("other"), bob.address()), 409, "consent_missing");
    user(token)
        .delete("/v1/consents?alias=" + info + "&target=" + bob.address())
        .then()
        .statusCode(204);
    refused(point(info, bob.address()), 409, "consent_missing");
    // The same signature again: its serial is used up.
    refused(consent(bob, info, token, 1), 409, "conflict");
    consent(bob, info, token, 2).then().statusCode(201);
    point(info, bob.address()).then().statusCode(200);
  }

  @Test
  void aTargetSeesWhatItGaveAndWhatIsAskedForByKpKsv13() {
    TestUser bob = enrolled("bob");
    Address info = fresh("info");
    Address sales = fresh("sales");
    String token = token(bob);
    point(info, bob.address());
    point(info, bob.address());
    consent(bob, sales, token, 1).then().statusCode(201);

    Response before = user(token).get("/v1/consents");
    assertThat(before.<List<String>>path("asked.alias")).containsExactly(info.toString());
    assertThat(before.<List<String>>path("given.alias")).containsExactly(sales.toString());
    consent(bob, info, token, 1).then().statusCode(201);
    user(token)
        .delete("/v1/consents?alias=" + sales + "&target=" + bob.address())
        .then()
        .statusCode(204);

    Response after = user(token).get("/v1/consents");
    assertThat(after.<List<String>>path("asked.alias")).isEmpty();
    assertThat(after.<List<String>>path("given.alias")).containsExactly(info.toString());
    assertThat(user(token(enrolled("carol"))).get("/v1/consents").<List<?>>path("given")).isEmpty();
  }

  @Test
  void aUserPointsElsewhereAndComesBackByStatementsOfItsOwnKeyByKpKsv14() {
    TestUser bob = enrolled("bob");
    TestUser carol = enrolled("carol");
    String token = token(carol);
    AddressRecord before = record(token, carol.address());
    KeyStatement pointer = next(before, new KeyStatement.Says.Pointer(bob.address()), carol);
    refused(state(token, pointer), 409, "consent_missing");
    consent(bob, carol.address(), token(bob), 1).then().statusCode(201);

    state(token, pointer).then().statusCode(200);

    AddressRecord pointing = record(token, carol.address());
    assertThat(((AddressRecord.Alias) pointing.content()).target()).isEqualTo(bob.address());
    assertThat(pointing.statements()).hasSize(2);
    exchange(carol.assertion(carol.claims(endpoint())), "mailbox").then().statusCode(200);
    refused(state(token, pointer), 400, "statement_invalid");
    KeyStatement back = next(pointing, KeyStatement.keyOf(carol.key().certificate()), carol);
    state(token, back).then().statusCode(200);
    AddressRecord after = record(token, carol.address());
    assertThat(after.content()).isEqualTo(before.content());
    assertThat(after.statements()).hasSize(3);
    refused(
        state(token, next(after, KeyStatement.keyOf(carol.key().certificate()), carol)),
        409,
        "conflict");
  }

  @Test
  @DisplayName("T45, T42: neither operator nor another user turns a mailbox into a pointer")
  void onlyTheOwnKeyTurnsAMailboxIntoAPointer() {
    TestUser mallory = enrolled("mallory");
    TestUser carol = enrolled("carol");
    String token = token(carol);
    consent(mallory, carol.address(), token(mallory), 1).then().statusCode(201);
    AddressRecord record = record(token, carol.address());
    TestUser madeUp = new TestUser(carol.address());
    KeyHistory own =
        KeyHistory.verify(
            carol.address(), record.statements().stream().map(KeyStatement::parse).toList());
    KeyStatement forged =
        KeyStatement.next(
            KeyHistory.verify(
                carol.address(), List.of(KeyStatement.first(madeUp.key(), Instant.now()))),
            new KeyStatement.Says.Pointer(mallory.address()),
            madeUp.key(),
            Instant.now());

    refused(point(carol.address(), mallory.address()), 400, "statement_invalid");
    refused(
        operator()
            .body(Map.of("target", mallory.address().toString(), "statement", forged.text()))
            .put(path(carol.address())),
        400,
        "statement_invalid");
    refused(state(token, forged), 400, "statement_invalid");
    // Her own, but for another target.
    KeyStatement elsewhere =
        KeyStatement.next(
            own, new KeyStatement.Says.Pointer(fresh("dave")), carol.key(), Instant.now());
    refused(
        operator()
            .body(Map.of("target", mallory.address().toString(), "statement", elsewhere.text()))
            .put(path(carol.address())),
        400,
        "statement_invalid");
    assertThat(record(token, carol.address()).content()).isInstanceOf(AddressRecord.Mailbox.class);
  }

  @Test
  @DisplayName("T10: a pointer that leads back, or over more than three, is not made")
  void loopsAndLongChainsAreRefusedWhenTheyAreMade() {
    List<TestUser> chain = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d", "e")) {
      chain.add(enrolled(name));
    }
    for (int at = 0; at + 1 < chain.size(); at++) {
      consent(chain.get(at + 1), chain.get(at).address(), token(chain.get(at + 1)), 1)
          .then()
          .statusCode(201);
    }
    consent(chain.get(0), chain.get(3).address(), token(chain.get(0)), 1).then().statusCode(201);

    // d to e, c to d, b to c: three pointers; a to b would be the fourth.
    for (int at = 3; at > 0; at--) {
      pointAt(chain.get(at), chain.get(at + 1)).then().statusCode(200);
    }
    refused(pointAt(chain.get(0), chain.get(1)), 400, "alias_loop");
    Response followed = lookup(user(token(chain.get(0))), chain.get(1).address());
    assertThat(followed.<List<String>>path("answers.address"))
        .startsWith(chain.get(1).address().toString())
        .endsWith(chain.get(4).address().toString());

    // d comes back and would point at a, which points at b, c and d.
    TestUser d = chain.get(3);
    AddressRecord pointing = record(token(d), d.address());
    state(token(d), next(pointing, KeyStatement.keyOf(d.key().certificate()), d))
        .then()
        .statusCode(200);
    pointAt(chain.get(0), chain.get(1)).then().statusCode(200);
    refused(pointAt(d, chain.get(0)), 400, "alias_loop");
    refused(pointAt(d, d), 400, "alias_loop");
  }

  private static Response pointAt(TestUser from, TestUser to) {
    String token = token(from);
    return state(
        token,
        next(record(token, from.address()), new KeyStatement.Says.Pointer(to.address()), from));
  }

  private static KeyStatement next(AddressRecord record, KeyStatement.Says says, TestUser user) {
    return KeyStatement.next(
        KeyHistory.verify(
            user.address(), record.statements().stream().map(KeyStatement::parse).toList()),
        says,
        user.key(),
        Instant.now());
  }

  private static Response state(String token, KeyStatement statement) {
    return user(token).body(Map.of("statement", statement.text())).post("/v1/statements");
  }

  private static Response point(Address alias, Address target) {
    return operator().body(Map.of("target", target.toString())).put(path(alias));
  }

  private static String path(Address alias) {
    return "/operator/domains/" + OPERATOR + "/aliases/" + alias.local();
  }

  private static AddressRecord record(String token, Address asked) {
    return address(lookup(user(token), asked).path("answers[0].record"), asked);
  }
}
