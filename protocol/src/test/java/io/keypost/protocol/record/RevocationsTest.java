package io.keypost.protocol.record;

import static io.keypost.protocol.record.RecordVerifierTest.assertRefused;
import static io.keypost.protocol.record.TestDomain.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.RevocationsRecord.Entry;
import io.keypost.protocol.record.RevocationsRecord.Subject;
import io.keypost.protocol.refusal.RefusalCode;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** KP-REC-20, KP-REC-22: what a domain revoked, and what follows (T09, T16). */
class RevocationsTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final TestDomain alpha = new TestDomain("alpha.test");
  private final TestDomain beta = new TestDomain("beta.test");
  private final VerifiedDomain verified = alpha.verified();

  @Test
  void readsBackWhatWasSignedByKpRec20() {
    RevocationsRecord record =
        record(3, entry(1, alpha.receipt), entry(2, Subject.KEY, "a fingerprint", NOW.plus(DAY)));

    Verified<RevocationsRecord> read = verify(alpha.signer.sign(record), NOW);

    assertThat(read.record()).isEqualTo(record);
    assertThat(read.record().certificates())
        .containsExactly(CertificateDigests.certificate(alpha.receipt));
    assertThat(read.record().keys()).containsExactly(Digest.sha256(Bytes.utf8("a fingerprint")));
    assertThat(read.goodUntil()).isEqualTo(NOW.plus(DAY));
  }

  @Test
  void isGoodFor24HoursByKpRec20() {
    String jws = alpha.signer.sign(record(1));

    assertThat(verify(jws, NOW.plus(DAY).minusSeconds(1))).isNotNull();
    assertRefused(RefusalCode.RECORD_EXPIRED, "ended", () -> verify(jws, NOW.plus(DAY)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                alpha.signer.sign(
                    new RevocationsRecord(
                        alpha.domain,
                        TestDomain.GEN,
                        30,
                        NOW,
                        NOW.plus(DAY).plusSeconds(1),
                        chain(alpha),
                        1,
                        List.of())));
  }

  @Test
  void isSignedByTheDomainItIsAboutAndByNoOther() {
    String foreign = beta.signer.sign(record(beta, beta.domain, 1));
    String underForeignName = beta.signer.sign(record(beta, alpha.domain, 1));
    String withForeignChain = beta.signer.sign(record(alpha, alpha.domain, 1));

    assertRefused(RefusalCode.RECORD_MALFORMED, "about", () -> verify(foreign, NOW));
    assertRefused(RefusalCode.RECORD_UNTRUSTED, "", () -> verify(underForeignName, NOW));
    assertRefused(RefusalCode.RECORD_UNTRUSTED, "", () -> verify(withForeignChain, NOW));
  }

  @Test
  void aRecordThatRevokesItsOwnSignerIsNotBelievedByKpRec20() {
    String own = alpha.signer.sign(record(2, entry(1, alpha.signing)));
    String ca = alpha.signer.sign(record(2, entry(1, alpha.ca)));

    assertRefused(RefusalCode.RECORD_UNTRUSTED, "revoked", () -> verify(own, NOW));
    assertRefused(RefusalCode.RECORD_UNTRUSTED, "revoked", () -> verify(ca, NOW));
  }

  @Test
  void aDomainRecordOfARevokedSignerIsRefusedByKpRec20() {
    // Verified by the renewed signer elsewhere; here only what it says counts.
    Verified<RevocationsRecord> says =
        new Verified<>(
            record(2, entry(1, alpha.signing)), "jws", Digest.sha256(Bytes.utf8("jws")), NOW);

    assertRefused(RefusalCode.RECORD_UNTRUSTED, "signer", () -> verified.revoking(says));
  }

  @Test
  void aReceiptOfARevokedCertificateIsRefusedWithItsOwnCodeByKpRec20() {
    String receipt = alpha.receiptSigner.sign(alpha.receipt(beta.address("b"), alpha.address("a")));
    VerifiedDomain knowing =
        verified.revoking(verify(alpha.signer.sign(record(2, entry(1, alpha.receipt))), NOW));

    assertThat(RecordVerifier.verifyReceipt(receipt, alpha.receiptChain(), verified, NOW))
        .isNotNull();
    assertRefused(
        RefusalCode.CERTIFICATE_REVOKED,
        "revoked",
        () -> RecordVerifier.verifyReceipt(receipt, alpha.receiptChain(), knowing, NOW));
  }

  @Test
  void aReceiptFromBeforeARootWasExchangedStaysAProofByKpRcp6() {
    TestDomain next = new TestDomain("alpha.test");
    String receipt = alpha.receiptSigner.sign(alpha.receipt(beta.address("b"), alpha.address("a")));
    VerifiedDomain announced = afterRotation(next, alpha, next.pin());
    VerifiedDomain unannounced = afterRotation(next, alpha, null);
    VerifiedDomain revoking =
        announced.revoking(
            new Verified<>(
                record(2, entry(1, alpha.ca)), "jws", Digest.sha256(Bytes.utf8("jws")), NOW));

    assertThat(RecordVerifier.verifyReceipt(receipt, alpha.receiptChain(), announced, NOW))
        .isNotNull();
    assertRefused(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "",
        () -> RecordVerifier.verifyReceipt(receipt, alpha.receiptChain(), unannounced, NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_REVOKED,
        "revoked",
        () -> RecordVerifier.verifyReceipt(receipt, alpha.receiptChain(), revoking, NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "",
        () ->
            RecordVerifier.verifyReceipt(
                receipt, new TestDomain("alpha.test").receiptChain(), announced, NOW));
  }

  /** {@code next} after {@code old} retired, whose last statement announces {@code said}. */
  private static VerifiedDomain afterRotation(
      TestDomain next, TestDomain old, @Nullable Digest said) {
    RootStatement last = old.statement();
    String statement =
        old.rootSigner.sign(
            new RootStatement(
                last.domain(),
                last.gen() - 1,
                last.issuedAt(),
                last.expiry(),
                last.max(),
                last.operationalCas(),
                said));
    DomainRecord now = next.record();
    return next.verify(
        next.signer.sign(
            new DomainRecord(
                now.domain(),
                now.gen(),
                now.seq(),
                now.issuedAt(),
                now.expiry(),
                now.rootCertificate(),
                now.chain(),
                now.rootStatement(),
                List.of(new DomainRecord.RetiredRoot(CertificateCodec.encode(old.root), statement)),
                now.operators(),
                now.limits(),
                now.versions(),
                now.abuseContact(),
                now.management())),
        NOW);
  }

  @Test
  void aDomainIsGoodNoLongerThanWhatItRevokedByKpRec20() {
    assertThat(verified.revoking(verify(alpha.signer.sign(record(1)), NOW)).goodUntil())
        .isEqualTo(NOW.plus(DAY))
        .isBefore(verified.goodUntil());
  }

  @Test
  void goesOnOnlyByAppendingByKpRec22() {
    Entry first = entry(1, alpha.receipt);
    Entry second = entry(2, Subject.KEY, "a key", NOW.plus(DAY));
    RevocationsRecord before = record(3, first, second);

    assertThat(record(3, first, second).continues(before, NOW)).isTrue();
    assertThat(record(4, first, second, entry(3, alpha.ca)).continues(before, NOW)).isTrue();
    assertThat(record(3, second).continues(before, NOW)).as("one taken back").isFalse();
    assertThat(record(3).continues(before, NOW)).as("all taken back").isFalse();
    assertThat(record(3, entry(1, alpha.ca), second).continues(before, NOW))
        .as("one changed")
        .isFalse();
    assertThat(record(2, first).continues(before, NOW)).as("counted back").isFalse();
    assertThat(record(3, first, second).continues(record(3, first), NOW))
        .as("a number given twice")
        .isFalse();
  }

  @Test
  void anEntryMayGoOnceItsSubjectHasEndedByKpRec22() {
    Entry ended = entry(1, Subject.KEY, "a key", NOW.plus(DAY));
    RevocationsRecord before = record(2, ended);

    assertThat(record(2).continues(before, NOW.plus(DAY).minusSeconds(1))).isFalse();
    assertThat(record(2).continues(before, NOW.plus(DAY))).isTrue();
  }

  @Test
  void entriesRiseBelowNextByKpRec20() {
    Entry first = entry(1, alpha.receipt);
    Entry second = entry(2, alpha.ca);

    assertThatIllegalArgumentException().isThrownBy(() -> record(3, second, first));
    assertThatIllegalArgumentException().isThrownBy(() -> record(3, first, first));
    assertThatIllegalArgumentException().isThrownBy(() -> record(2, first, second));
    assertThatIllegalArgumentException().isThrownBy(() -> entry(0, alpha.ca));
  }

  private Verified<RevocationsRecord> verify(String jws, Instant now) {
    return RecordVerifier.verifyRevocations(jws, verified, now);
  }

  private static Entry entry(long number, X509Certificate certificate) {
    return new Entry(
        number,
        Subject.CERTIFICATE,
        CertificateDigests.certificate(certificate),
        NOW,
        certificate.getNotAfter().toInstant());
  }

  private static Entry entry(long number, Subject subject, String id, Instant until) {
    return new Entry(number, subject, Digest.sha256(Bytes.utf8(id)), NOW, until);
  }

  private RevocationsRecord record(long next, Entry... entries) {
    return record(alpha, alpha.domain, next, entries);
  }

  private static RevocationsRecord record(
      TestDomain by, MailDomain about, long next, Entry... entries) {
    return new RevocationsRecord(
        about, TestDomain.GEN, 30, NOW, NOW.plus(DAY), chain(by), next, List.of(entries));
  }

  private static List<Bytes> chain(TestDomain domain) {
    return List.of(CertificateCodec.encode(domain.signing), CertificateCodec.encode(domain.ca));
  }
}
