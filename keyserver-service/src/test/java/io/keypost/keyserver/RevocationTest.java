package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.peer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.keyserver.desk.Revocations;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.record.VerifiedDomain;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is revoked stands in kp-revocations and is refused: KP-REC-20, KP-REC-22 (T16). */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class RevocationTest extends ReadyKeyServer {
  @Inject Transactions transactions;
  @Inject Revocations revocations;

  @Test
  void aRevokedServerStandsInTheRecordAndIsRefusedWithItsOwnCodeByKpRec20() {
    PublicPort.Server server =
        enrolServer(DOMAIN, serverCode("router", "revoked1." + OPERATOR, Map.of()));
    Digest digest = CertificateDigests.certificate(server.credential().chain().getFirst());
    RevocationsRecord before = record();
    assertThat(listed(digest)).isEqualTo("in_force");

    revoke(digest).then().statusCode(200);

    RevocationsRecord after = record();
    assertThat(after.certificates()).contains(digest);
    assertThat(after.seq()).isGreaterThan(before.seq());
    assertThat(after.continues(before, Instant.now())).isTrue();
    assertThat(listed(digest)).isEqualTo("revoked");
    refused(lookup(peer(server.credential()), fresh("anybody")), 403, "certificate_revoked");
  }

  @Test
  void revokingTwiceChangesNothingByKpRec22() {
    PublicPort.Server server =
        enrolServer(DOMAIN, serverCode("router", "revoked2." + OPERATOR, Map.of()));
    Digest digest = CertificateDigests.certificate(server.credential().chain().getFirst());
    revoke(digest).then().statusCode(200);
    RevocationsRecord before = record();

    revoke(digest).then().statusCode(200);

    assertThat(record().withoutRenewal()).isEqualTo(before.withoutRenewal());
    refused(revoke(Digest.sha256(Bytes.utf8("nobody's"))), 404, "not_found");
  }

  @Test
  void aRevokedSignerIsReplacedAtOnceAndEverythingIsSignedAnewByKpRec20() {
    TestUser alice = enrolled("alice");
    Digest stolen = domain().signer().digest();

    revoke(stolen).then().statusCode(200);

    VerifiedDomain now = domain();
    assertThat(now.signer().digest()).isNotEqualTo(stolen);
    Verified<RevocationsRecord> said = verified(now);
    assertThat(said.record().certificates()).contains(stolen);
    assertThat(now.revoking(said).revoked().certificates()).contains(stolen);
    Response found = lookup(user(token(alice)), alice.address());
    assertThat(address(found.path("answers[0].record"), alice.address()).address())
        .isEqualTo(alice.address());
    assertThat(found.<Map<String, String>>path("revocations")).containsOnlyKeys(OPERATOR);
  }

  @Test
  void theKeyServersOwnCertificateIsReplacedAtOnce() {
    List<Map<String, String>> before = certificates();
    Digest own =
        before.stream()
            .filter(
                c ->
                    c.get("use").equals("server")
                        && c.get("service").equals("keyserver")
                        && c.get("state").equals("in_force"))
            .map(c -> Digest.parseBase64Url(c.get("digest")))
            .findFirst()
            .orElseThrow();

    revoke(own).then().statusCode(200);

    assertThat(listed(own)).isEqualTo("revoked");
    assertThat(certificates())
        .anyMatch(
            c ->
                c.get("service").equals("keyserver")
                    && c.get("use").equals("server")
                    && c.get("state").equals("in_force"));
    assertThat(enrolled("alice").address()).as("the port answers still").isNotNull();
  }

  @Test
  void onlyItsRootEndsAnOperationalCaByKpRec9() {
    Digest ca =
        certificates().stream()
            .filter(c -> c.get("use").equals("ca") && c.get("state").equals("in_force"))
            .map(c -> Digest.parseBase64Url(c.get("digest")))
            .findFirst()
            .orElseThrow();

    refused(revoke(ca), 409, "conflict");
    assertThat(record().certificates()).doesNotContain(ca);
  }

  @Test
  void aUsersKeyIsRevokedOnceAndTheTableIsAppendOnlyByKpRec22() {
    Digest key = Digest.sha256(Bytes.utf8("a subkey of alice's"));

    assertThat(revokeKey(key)).isTrue();
    assertThat(revokeKey(key)).isFalse();

    assertThat(record().keys()).contains(key);
    assertThatThrownBy(
            () ->
                transactions.inTransaction(
                    () ->
                        Panache.getSession()
                            .chain(
                                session ->
                                    session
                                        .createNativeQuery("delete from revocation")
                                        .executeUpdate())))
        .hasStackTraceContaining("append-only");
  }

  private boolean revokeKey(Digest key) {
    return transactions.inTransaction(
        () -> DomainRow.locked(OPERATOR).chain(domain -> revocations.key(domain, key)));
  }

  private static Response revoke(Digest digest) {
    return operator().post("/operator/certificates/" + digest.base64Url() + "/revocation");
  }

  private static List<Map<String, String>> certificates() {
    return operator().get("/operator/domains/" + OPERATOR + "/certificates").path("certificates");
  }

  private static String listed(Digest digest) {
    return certificates().stream()
        .filter(c -> c.get("digest").equals(digest.base64Url()))
        .map(c -> c.get("state"))
        .findFirst()
        .orElseThrow();
  }

  private static RevocationsRecord record() {
    return verified(domain()).record();
  }

  private static Verified<RevocationsRecord> verified(VerifiedDomain domain) {
    return RecordVerifier.verifyRevocations(
        anyone().get("/v1/domains/" + OPERATOR + "/revocations").path("record"),
        domain,
        Instant.now());
  }
}
