package io.keypost.keyserver;

import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.record.AddressRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Users enrol: KP-ENR-1 to KP-ENR-6. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class EnrolmentTest extends ReadyKeyServer {

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
  void refusesADeviceThatIsNotTheKeysOrNamesAnotherLoginKeyByKpEnr6() {
    TestUser alice = new TestUser(fresh("alice"));
    TestUser mallory = new TestUser(alice.address());
    String code = code(alice.address());
    DeviceStatement otherLogin =
        DeviceStatement.sign(
            alice.key(),
            new DeviceStatement.Facts("first", mallory.thumbprint(), alice.device().transferKey()),
            Instant.now());

    for (DeviceStatement wrong : List.of(mallory.device(), otherLogin)) {
      refused(
          enrol(alice.enrolment(code, Map.of("device", wrong.text()))), 400, "statement_invalid");
    }
    enrol(alice.enrolment(code, Map.of())).then().statusCode(201);
  }

  @Test
  void refusesAKeyringThatIsNoneOrNotTheFirstAndOneKeyForBothByKpEnr6() {
    TestUser alice = new TestUser(fresh("alice"));
    String code = code(alice.address());

    refused(enrol(alice.enrolment(code, Map.of("keyring", TestUser.keyring(2)))), 409, "conflict");
    refused(enrol(alice.enrolment(code, Map.of("keyring", "AAAA"))), 400, "malformed_request");
    refused(
        enrol(alice.enrolment(code, Map.of("recovery_key", alice.loginKey()))),
        400,
        "malformed_request");
    enrol(alice.enrolment(code, Map.of())).then().statusCode(201);
  }
}
