package io.keypost.keyserver;

import static io.keypost.keyserver.PublicPort.RANDOM;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Keyring, devices and parcels at the public port, as anybody may call it: KP-KSV-6, KP-KEY-22,
 * KP-KEY-24 to KP-KEY-27, KP-TOK-5; threat T42.
 */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class KeysTest extends ReadyKeyServer {

  @Test
  void theKeyringIsForTheHolderOfTheCodeOnlyByKpKey25() {
    String keyring = TestUser.keyring(1);
    TestUser alice = new TestUser(fresh("alice"));
    enrol(alice.enrolment(code(alice.address()), Map.of("keyring", keyring)))
        .then()
        .statusCode(201);
    TestUser bob = enrolled("bob");

    Response held = user(recoveryToken(alice)).get("/v1/keyring");

    assertThat(held.statusCode()).as(held.asString()).isEqualTo(200);
    assertThat(held.<String>path("keyring")).isEqualTo(keyring);
    refused(user(token(alice)).get("/v1/keyring"), 401, "token_invalid");
    refused(anyone().get("/v1/keyring"), 401, "unauthenticated");
    assertThat(user(recoveryToken(bob)).get("/v1/keyring").<String>path("keyring"))
        .isNotEqualTo(keyring);
  }

  @Test
  void aDeviceOpensNoKeyringAndTheCodeNeitherSendsNorReadsByKpTok5() {
    TestUser alice = enrolled("alice");

    refused(exchange(alice.assertion(alice.claims(endpoint())), "keyring"), 403, "forbidden");
    for (String audience : List.of("submission", "mailbox")) {
      refused(
          exchange(alice.recoveryAssertion(alice.claims(endpoint())), audience), 403, "forbidden");
    }
    exchange(alice.recoveryAssertion(alice.claims(endpoint())), "directory").then().statusCode(200);
  }

  @Test
  void aKeyringTakesThePlaceOfTheOneBeforeItByItsVersionByKpKey26() {
    TestUser alice = enrolled("alice");
    String token = recoveryToken(alice);

    for (long version : List.of(1L, 3L)) {
      refused(change(token, keys(alice.key(), version)), 409, "conflict");
    }
    change(token, keys(alice.key(), 2)).then().statusCode(200);
    refused(change(token, keys(alice.key(), 2)), 409, "conflict");
    change(token, keys(alice.key(), 3)).then().statusCode(200);
    assertThat(user(token(alice)).get("/v1/devices").<Integer>path("keyring_version")).isEqualTo(3);
  }

  @Test
  void aUserMayRevokeAKeyButNotTakeARevocationBackByKpKsv6() {
    TestUser alice = enrolled("alice");
    String token = recoveryToken(alice);
    UserSecretKey revoked =
        alice
            .key()
            .revokeSigningSubkey(RevocationReason.COMPROMISED, Instant.now())
            .rotateEncryptionSubkey(Instant.now(), RANDOM);

    Response update = change(token, keys(revoked, 2));

    assertThat(update.statusCode()).as(update.asString()).isEqualTo(200);
    assertThat(
            ((AddressRecord.Mailbox) address(update.path("record"), alice.address()).content())
                .certificate())
        .isEqualTo(revoked.certificate().encode());
    refused(change(token, keys(alice.key(), 3)), 400, "user_certificate_invalid");
    refused(
        change(token, keys(new TestUser(alice.address()).key(), 3)),
        400,
        "user_certificate_invalid");
  }

  @Test
  void aSubkeyThatItsUserRevokesAsCompromisedStandsInKpRevocationsAtOnceByKpRec24() {
    TestUser stolen = enrolled("alice");
    TestUser givenUp = enrolled("bob");
    change(recoveryToken(stolen), keys(without(stolen, RevocationReason.COMPROMISED), 2))
        .then()
        .statusCode(200);
    change(recoveryToken(givenUp), keys(without(givenUp, RevocationReason.RETIRED), 2))
        .then()
        .statusCode(200);

    assertThat(revocations().record().keys())
        .contains(new Digest(stolen.key().signingFingerprint()))
        .as("what was signed before it was given up stays good")
        .doesNotContain(new Digest(givenUp.key().signingFingerprint()));
  }

  @Test
  void aChangeThatIsRefusedRevokesNothing() {
    TestUser alice = enrolled("alice");

    refused(
        change(recoveryToken(alice), keys(without(alice, RevocationReason.COMPROMISED), 9)),
        409,
        "conflict");

    assertThat(revocations().record().keys())
        .doesNotContain(new Digest(alice.key().signingFingerprint()));
  }

  private static UserSecretKey without(TestUser user, RevocationReason reason) {
    return user.key()
        .revokeSigningSubkey(reason, Instant.now())
        .rotateEncryptionSubkey(Instant.now(), RANDOM);
  }

  @Test
  void aDeviceIsAddedWithAStatementOfThePrimaryKeyAndItsOwnLoginKey() {
    TestUser laptop = enrolled("alice");
    TestUser phone = laptop.withNewDevice("phone");
    String token = recoveryToken(laptop);

    refused(
        exchange(phone.assertion(phone.claims(endpoint())), "mailbox"), 400, "assertion_invalid");
    change(token, keys(phone.key(), 2, phone)).then().statusCode(200);

    exchange(phone.assertion(phone.claims(endpoint())), "mailbox").then().statusCode(200);
    assertThat(user(token(laptop)).get("/v1/devices").<List<String>>path("devices"))
        .containsExactlyInAnyOrder(laptop.device().text(), phone.device().text());
  }

  /** T42: whoever has the code's login key, or sits in the server, has not the primary key. */
  @Test
  void refusesADeviceThatThePrimaryKeyDidNotCertifyByKpKey27() {
    TestUser alice = enrolled("alice");
    TestUser mallory = new TestUser(alice.address());
    TestUser phone = alice.withNewDevice("phone");
    String token = recoveryToken(alice);
    DeviceStatement elsewhere =
        DeviceStatement.sign(
            phone.key(),
            new DeviceStatement.Facts("phone", mallory.thumbprint(), phone.device().transferKey()),
            Instant.now());

    refused(change(token, keys(alice.key(), 2, mallory)), 400, "statement_invalid");
    // Certified, but its signing subkey is not in the certificate that is published.
    refused(change(token, keys(alice.key(), 2, phone)), 400, "statement_invalid");
    Map<String, Object> otherLogin = keys(phone.key(), 2, phone);
    otherLogin.put("device", Map.of("statement", elsewhere.text(), "login_key", phone.loginKey()));
    refused(change(token, otherLogin), 400, "statement_invalid");
    change(token, keys(phone.key(), 2, phone)).then().statusCode(200);
    refused(change(token, keys(phone.key(), 3, phone)), 409, "conflict");
  }

  @Test
  void aRemovedDeviceIsOutAtOnceAndTheOthersGetTheNewSecretByKpKey22() {
    TestUser laptop = enrolled("alice");
    TestUser phone = laptop.withNewDevice("phone");
    String code = recoveryToken(laptop);
    change(code, keys(phone.key(), 2, phone)).then().statusCode(200);
    String phoneToken = token(phone);
    String laptopToken = token(laptop);
    user(phoneToken).get("/v1/devices").then().statusCode(200);
    UserSecretKey removed =
        phone
            .key()
            .revokeSigningSubkey(
                phone.key().signingFingerprint(), RevocationReason.RETIRED, Instant.now())
            .rotateEncryptionSubkey(Instant.now(), RANDOM);
    Parcel parcel = Parcel.seal(removed, laptop.device(), RANDOM);
    Map<String, Object> body = keys(removed, 3);
    body.put("parcels", List.of(parcel(laptop, parcel)));

    change(code, body).then().statusCode(200);

    refused(user(phoneToken).get("/v1/devices"), 401, "token_invalid");
    refused(lookup(user(phoneToken), laptop.address()), 401, "token_invalid");
    refused(
        exchange(phone.assertion(phone.claims(endpoint())), "submission"),
        400,
        "assertion_invalid");
    assertThat(user(laptopToken).get("/v1/devices").<List<String>>path("devices"))
        .containsExactly(laptop.device().text());
    Response waiting = user(laptopToken).get("/v1/parcels");
    assertThat(waiting.<String>path("parcels[0].key")).isEqualTo(parcel.key().hex());
    assertThat(waiting.<String>path("parcels[0].sealed")).isEqualTo(parcel.sealed().base64Url());
  }

  @Test
  void aRemovalWithoutANewEncryptionSubkeyIsRefusedByKpKey22() {
    TestUser laptop = enrolled("alice");
    TestUser phone = laptop.withNewDevice("phone");
    String code = recoveryToken(laptop);
    change(code, keys(phone.key(), 2, phone)).then().statusCode(200);
    UserSecretKey removed =
        phone.key().revokeSigningSubkey(RevocationReason.RETIRED, Instant.now());

    refused(change(code, keys(removed, 3)), 400, "user_certificate_invalid");

    user(token(phone)).get("/v1/devices").then().statusCode(200);
  }

  @Test
  void aNewEncryptionSubkeyComesWithAParcelForEachDeviceAndNoOtherByKpKey27() {
    TestUser laptop = enrolled("alice");
    TestUser phone = laptop.withNewDevice("phone");
    String code = recoveryToken(laptop);
    change(code, keys(phone.key(), 2, phone)).then().statusCode(200);
    UserSecretKey rotated = phone.key().rotateEncryptionSubkey(Instant.now(), RANDOM);
    Map<String, Object> forLaptop = parcel(laptop, Parcel.seal(rotated, laptop.device(), RANDOM));
    Map<String, Object> forPhone = parcel(phone, Parcel.seal(rotated, phone.device(), RANDOM));
    Map<String, Object> ofOldKey = new HashMap<>(forPhone);
    ofOldKey.put("key", Bytes.copyOf(new byte[32]).hex());
    Map<String, Object> forNobody = new HashMap<>(forPhone);
    forNobody.put("device", Bytes.copyOf(new byte[32]).hex());

    for (List<Map<String, Object>> wrong :
        List.<List<Map<String, Object>>>of(
            List.of(),
            List.of(forLaptop),
            List.of(forLaptop, forLaptop),
            List.of(forLaptop, ofOldKey),
            List.of(forLaptop, forPhone, forNobody))) {
      Map<String, Object> body = keys(rotated, 3);
      body.put("parcels", wrong);
      refused(change(code, body), 400, "malformed_request");
    }
    Map<String, Object> unasked = keys(phone.key(), 3);
    unasked.put("parcels", List.of(forLaptop));
    refused(change(code, unasked), 400, "malformed_request");
    Map<String, Object> body = keys(rotated, 3);
    body.put("parcels", List.of(forLaptop, forPhone));
    change(code, body).then().statusCode(200);
  }

  @Test
  void aParcelIsForItsDeviceOnlyAndWaitsUntilItIsFetchedByKpKey24() {
    TestUser laptop = enrolled("alice");
    TestUser phone = laptop.withNewDevice("phone");
    String code = recoveryToken(laptop);
    change(code, keys(phone.key(), 2, phone)).then().statusCode(200);
    UserSecretKey rotated = phone.key().rotateEncryptionSubkey(Instant.now(), RANDOM);
    Parcel toPhone = Parcel.seal(rotated, phone.device(), RANDOM);
    Map<String, Object> body = keys(rotated, 3);
    body.put(
        "parcels",
        List.of(
            parcel(laptop, Parcel.seal(rotated, laptop.device(), RANDOM)), parcel(phone, toPhone)));
    change(code, body).then().statusCode(200);
    String token = token(phone);
    TestUser mallory = enrolled("mallory");

    assertThat(user(token(mallory)).get("/v1/parcels").<List<?>>path("parcels")).isEmpty();
    String directory =
        exchange(laptop.recoveryAssertion(laptop.claims(endpoint())), "directory")
            .path("access_token");
    refused(user(directory).get("/v1/parcels"), 404, "not_found");
    user(token(mallory)).delete("/v1/parcels/" + toPhone.key().hex()).then().statusCode(204);
    assertThat(user(token).get("/v1/parcels").<List<String>>path("parcels.sealed"))
        .containsExactly(toPhone.sealed().base64Url());
    user(token).delete("/v1/parcels/" + toPhone.key().hex()).then().statusCode(204);
    assertThat(user(token).get("/v1/parcels").<List<?>>path("parcels")).isEmpty();
    assertThat(user(token(laptop)).get("/v1/parcels").<List<?>>path("parcels")).hasSize(1);
    user(token).delete("/v1/parcels/" + toPhone.key().hex()).then().statusCode(204);
  }

  @Test
  void anotherCodeEndsTheOneBefore() {
    TestUser alice = enrolled("alice");
    TestUser other = new TestUser(alice.address());
    String token = recoveryToken(alice);
    Map<String, Object> body = keys(alice.key(), 2);
    body.put("recovery_key", other.recoveryKey());

    change(token, body).then().statusCode(200);

    refused(user(token).get("/v1/keyring"), 401, "token_invalid");
    refused(
        exchange(alice.recoveryAssertion(alice.claims(endpoint())), "keyring"),
        400,
        "assertion_invalid");
    user(recoveryToken(other)).get("/v1/keyring").then().statusCode(200);
    user(token(alice)).get("/v1/devices").then().statusCode(200);
  }

  @Test
  void whatIsNoChangeOfKeysIsRefusedAsSuch() {
    TestUser alice = enrolled("alice");
    String token = recoveryToken(alice);
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of(),
            Map.of("keyring", "AAAA"),
            Map.of("keyring", "A".repeat(120_000)),
            Map.of("parcels", "none"),
            Map.of("parcels", List.of(Map.of("device", "00", "key", "00", "sealed", "AAAA"))),
            Map.of("recovery_key", Map.of("kty", "oct", "k", "AAAA")),
            Map.of("another", "member"))) {
      Map<String, Object> body = wrong.isEmpty() ? new HashMap<>() : keys(alice.key(), 2);
      body.putAll(wrong);
      refused(change(token, body), 400, "malformed_request");
    }
    refused(user(token(alice)).delete("/v1/parcels/zz"), 400, "malformed_request");
  }

  @Test
  void aUserHasAtMostSixteenDevices() {
    TestUser last = enrolled("alice");
    String token = recoveryToken(last);
    List<TestUser> devices = new ArrayList<>(List.of(last));
    for (long version = 2; version <= 16; version++) {
      last = last.withNewDevice("device " + version);
      devices.add(last);
      change(token, keys(last.key(), version, last)).then().statusCode(200);
    }
    TestUser oneMore = last.withNewDevice("one more");
    refused(change(token, keys(oneMore.key(), 17, oneMore)), 409, "conflict");
    assertThat(user(token(last)).get("/v1/devices").<List<?>>path("devices"))
        .hasSize(devices.size());
  }

  private static Response change(String token, Map<String, Object> body) {
    return user(token).body(body).put("/v1/keys");
  }

  private static Map<String, Object> keys(UserSecretKey keys, long version) {
    Map<String, Object> body = new HashMap<>();
    body.put("certificate", keys.certificate().encode().base64Url());
    body.put("keyring", TestUser.keyring(version));
    body.put("parcels", List.of());
    return body;
  }

  private static Map<String, Object> keys(UserSecretKey keys, long version, TestUser added) {
    Map<String, Object> body = keys(keys, version);
    body.put("device", Map.of("statement", added.device().text(), "login_key", added.loginKey()));
    return body;
  }

  private static Map<String, Object> parcel(TestUser device, Parcel parcel) {
    Map<String, Object> body = new HashMap<>();
    body.put("device", device.device().signingKey().hex());
    body.put("key", parcel.key().hex());
    body.put("sealed", parcel.sealed().base64Url());
    return body;
  }
}
