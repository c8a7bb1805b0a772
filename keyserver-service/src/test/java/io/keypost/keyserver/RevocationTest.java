package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.peer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.keyserver.desk.Revocations;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.RevocationRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.RevocationsRecord.Subject;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.record.VerifiedDomain;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
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
    Verified<RevocationsRecord> said = revocations();
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
  void usersKeysLeaveRoomForCertificatesAndOneMoreIsLeftOutByKpRec24() {
    String full = "full-of-keys.test";
    OperatorApi.makeReady(full, new OfflineRoot(MailDomain.parse(full)));
    fillWithKeys(full);
    Digest oneMore = Digest.sha256(Bytes.utf8("one more"));

    boolean taken = locked(full, domain -> revocations.key(domain, oneMore));
    assertThat(taken).isFalse();

    List<Map<String, String>> audit = operator().get("/operator/audit?limit=50").path("entries");
    assertThat(audit)
        .anyMatch(
            entry ->
                entry.get("action").equals("revocation-left-out")
                    && entry.get("subject").equals(full)
                    && entry.get("detail").contains(oneMore.octets().hex()));
    boolean certificateFits =
        locked(
            full,
            domain -> revocations.certificate(domain, oneMore, Instant.now().plusSeconds(3600)));
    assertThat(certificateFits).isTrue();
  }

  /** As many keys as fit, without so many transactions. */
  private void fillWithKeys(String name) {
    locked(
        name,
        domain ->
            RevocationRow.persist(
                LongStream.range(0, Revocations.MAX_KEYS).mapToObj(i -> row(domain)).toList()));
  }

  private static RevocationRow row(DomainRow domain) {
    RevocationRow row = new RevocationRow();
    row.domain = domain.name;
    row.number = domain.nextRevocation++;
    row.subject = Subject.KEY;
    row.id = Digest.sha256(Bytes.utf8("key " + row.number)).octets().toByteArray();
    row.at = Instant.now();
    row.until = row.at.plusSeconds(3600);
    return row;
  }

  private <T> T locked(String name, Function<DomainRow, Uni<T>> work) {
    return transactions.inTransaction(() -> DomainRow.locked(name).chain(work::apply));
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
    return locked(OPERATOR, domain -> revocations.key(domain, key));
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
    return revocations().record();
  }
}
