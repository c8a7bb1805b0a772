package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.client.KeypostClient;
import io.keypost.client.SendPolicy;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an operator may do to a user, and what everybody sees of it: KP-ENR-7, KP-REC-10, KP-REC-13,
 * KP-ADR-4; threat T42.
 */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class UserLifeTest extends ReadyKeyServer {
  private static final RecoveryCode CODE = RecoveryCode.generate(OwnClient.RANDOM);

  @TempDir private Path homes;

  @Test
  void aSuspendedMailboxSaysRevokedAndSinceWhenAndComesBackUnderItsKeysByKpRec13() {
    TestUser alice = enrolled("alice");
    String watcher = token(enrolled("bob"));
    String own = token(alice);
    AddressRecord before = record(watcher, alice.address());
    Instant from = Instant.now().minusSeconds(1);

    operator().post(suspension(alice)).then().statusCode(200);
    operator().post(suspension(alice)).then().statusCode(200);

    AddressRecord suspended = record(watcher, alice.address());
    assertThat(suspended.content())
        .isInstanceOfSatisfying(
            AddressRecord.Revoked.class,
            revoked -> assertThat(revoked.from()).isBetween(from, Instant.now()));
    assertThat(suspended.seq()).isGreaterThan(before.seq());
    refused(
        exchange(alice.assertion(alice.claims(endpoint())), "mailbox"), 400, "assertion_invalid");
    refused(user(own).get("/v1/devices"), 401, "token_invalid");
    refused(
        enrol(new TestUser(alice.address()).enrolment(code(alice.address()), Map.of())),
        400,
        "statement_invalid");

    operator().delete(suspension(alice)).then().statusCode(200);

    AddressRecord after = record(watcher, alice.address());
    assertThat(after.content()).isEqualTo(before.content());
    assertThat(after.seq()).isGreaterThan(suspended.seq());
    exchange(alice.assertion(alice.claims(endpoint())), "mailbox").then().statusCode(200);
    refused(operator().delete(suspension(alice)), 404, "not_found");
  }

  @Test
  void onlyWhoHoldsTheLoginKeyIsToldWhatBecameOfTheAddress() {
    TestUser alice = enrolled("alice");
    operator().post(suspension(alice)).then().statusCode(200);
    String own = alice.assertion(alice.claims(endpoint()));
    TestUser nobody = new TestUser(fresh("nobody"));
    String other = nobody.assertion(alice.claims(endpoint()));
    String forged =
        own.substring(0, own.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));

    assertThat(exchange(own, "mailbox").<String>path("detail"))
        .startsWith(alice.address() + " is suspended by its operator since ");
    assertThat(exchange(forged, "mailbox").<String>path("detail"))
        .isEqualTo(
            exchange(nobody.assertion(nobody.claims(endpoint())), "mailbox")
                .<String>path("detail"));

    operator().delete(suspension(alice)).then().statusCode(200);
    operator()
        .post("/operator/addresses/" + alice.address() + "/revocation")
        .then()
        .statusCode(200);
    assertThat(
            exchange(alice.recoveryAssertion(alice.claims(endpoint())), "keyring")
                .<String>path("detail"))
        .startsWith(alice.address() + " was revoked by its operator at ");
  }

  @Test
  void aDeletedUserIsUnknownAndNothingIsLeftButWhatTheAddressOnceSaid() {
    TestUser alice = enrolled("alice");
    String watcher = token(enrolled("bob"));

    operator().delete("/operator/addresses/" + alice.address()).then().statusCode(200);

    AddressRecord record = record(watcher, alice.address());
    assertThat(record.content()).isEqualTo(new AddressRecord.Unknown());
    assertThat(record.statements()).hasSize(1);
    assertThat(record.seq()).isPositive();
    refused(
        exchange(alice.recoveryAssertion(alice.claims(endpoint())), "keyring"),
        400,
        "assertion_invalid");
    refused(operator().delete("/operator/addresses/" + alice.address()), 404, "not_found");
    refused(operator().delete("/operator/addresses/" + fresh("nobody")), 404, "not_found");
    refused(operator().post(suspension(alice)), 404, "not_found");
  }

  @Test
  void whoGetsADeletedAddressIsNotTakenForTheOneBeforeByKpEnr7() {
    TestUser first = enrolled("alice");
    operator().delete("/operator/addresses/" + first.address()).then().statusCode(200);
    TestUser second = new TestUser(first.address());

    refused(enrol(second.enrolment(code(second.address()), Map.of())), 400, "statement_invalid");
    Response anew = enrol(second.enrolment(replacementCode(second.address()), Map.of()));

    assertThat(anew.statusCode()).as(anew.asString()).isEqualTo(201);
    assertThat(address(anew.path("record"), second.address()).statements()).hasSize(1);
  }

  @Test
  void aRevokedAddressIsGoneForGood() {
    TestUser alice = enrolled("alice");
    operator()
        .post("/operator/addresses/" + alice.address() + "/revocation")
        .then()
        .statusCode(200);
    TestUser anew = new TestUser(alice.address());

    assertThat(revocations().record().keys())
        .as("KP-REC-24: for those who keep the record still")
        .contains(new Digest(alice.key().certificate().fingerprint()));
    refused(enrol(anew.enrolment(replacementCode(alice.address()), Map.of())), 409, "conflict");
    refused(operator().delete("/operator/addresses/" + alice.address()), 409, "conflict");
    refused(operator().post(suspension(alice)), 404, "not_found");
  }

  @Test
  void aReplacementIsInTheAuditLogWhenApprovedAndWhenUsedByKpEnr7() {
    TestUser alice = enrolled("alice");
    String code = replacementCode(alice.address());
    TestUser anew = new TestUser(alice.address());
    enrol(anew.enrolment(code, Map.of())).then().statusCode(201);

    List<Map<String, String>> entries = operator().get("/operator/audit?limit=500").path("entries");

    assertThat(entries)
        .filteredOn(entry -> entry.get("subject").equals(alice.address().toString()))
        .extracting(entry -> entry.get("action"))
        .containsSubsequence("enrolled-anew", "re-enrolment-approved", "enrolled");
    refused(
        exchange(alice.assertion(alice.claims(endpoint())), "directory"), 400, "assertion_invalid");
  }

  @Test
  @DisplayName("T42: whoever wrote to the user refuses the new key until told otherwise")
  void everybodyWhoWroteToTheUserSeesAKeyChangeByKpEnr7() throws IOException {
    Address alice = fresh("alice");
    Address bob = fresh("bob");
    enrolClient("alice", alice).close();
    enrolClient("bob", bob).close();
    assertThat(sending("first", alice, SendPolicy.REFUSE_UNSIGNED_CHANGE))
        .as("there is no ingress here, so this is as far as a message gets")
        .isNotEqualTo(RefusalCode.KEY_CHANGE_UNSIGNED);

    OwnClient.device(homes.resolve("alice anew"), "anew")
        .enrol(alice, replacementCode(alice), RecoveryCode.generate(OwnClient.RANDOM))
        .close();

    assertThat(sending("second", alice, SendPolicy.REFUSE_UNSIGNED_CHANGE))
        .isEqualTo(RefusalCode.KEY_CHANGE_UNSIGNED);
    assertThat(sending("third", alice, SendPolicy.ACCEPT_UNSIGNED_CHANGE))
        .isNotEqualTo(RefusalCode.KEY_CHANGE_UNSIGNED);
    assertThat(sending("fourth", alice, SendPolicy.REFUSE_UNSIGNED_CHANGE))
        .isNotEqualTo(RefusalCode.KEY_CHANGE_UNSIGNED);
    try (KeypostClient old = OwnClient.open(homes.resolve("alice"))) {
      assertThatThrownBy(old.keys()::refresh).isInstanceOf(RefusedException.class);
    }
  }

  /** With what code a message from bob ends; each time a client that has cached nothing. */
  private RefusalCode sending(String text, Address to, SendPolicy policy) throws IOException {
    Path file = Files.writeString(homes.resolve(text), "Subject: " + text + "\r\n\r\n");
    try (KeypostClient bob = OwnClient.open(homes.resolve("bob"))) {
      bob.send(file, to, policy);
      throw new AssertionError("a message was taken by an ingress that does not run");
    } catch (RefusedException e) {
      return e.code();
    }
  }

  private KeypostClient enrolClient(String name, Address address) {
    return OwnClient.device(homes.resolve(name), name).enrol(address, code(address), CODE);
  }

  @Test
  void aSubAddressIsItsUsersUntilItHasAnEntryOfItsOwnByKpAdr4() {
    TestUser alice = enrolled("alice");
    Address tagged = Address.parse(alice.address().local() + "+news@" + OPERATOR);
    String watcher = token(enrolled("bob"));
    assertThat(record(watcher, tagged).address()).isEqualTo(alice.address());

    TestUser news = new TestUser(tagged);
    enrol(news.enrolment(code(tagged), Map.of())).then().statusCode(201);

    AddressRecord own = record(watcher, tagged);
    assertThat(own.address()).isEqualTo(tagged);
    assertThat(((AddressRecord.Mailbox) own.content()).certificate())
        .isEqualTo(news.key().certificate().encode());
    operator().delete("/operator/addresses/" + tagged).then().statusCode(200);
    assertThat(record(watcher, tagged).content())
        .as("it had an entry of its own, and does not fall back to another person")
        .isEqualTo(new AddressRecord.Unknown());
  }

  private static AddressRecord record(String token, Address asked) {
    Response response = lookup(user(token), asked);
    assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
    return address(response.path("answers[0].record"), asked);
  }

  private static String replacementCode(Address address) {
    return operator()
        .body(Map.of("address", address.toString(), "replaces_key", true))
        .post("/operator/domains/" + OPERATOR + "/codes")
        .then()
        .statusCode(201)
        .extract()
        .path("code");
  }

  private static String suspension(TestUser user) {
    return "/operator/addresses/" + user.address() + "/suspension";
  }
}
