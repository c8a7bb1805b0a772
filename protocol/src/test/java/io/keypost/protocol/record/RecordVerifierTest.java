package io.keypost.protocol.record;

import static io.keypost.protocol.record.TestDomain.NOW;
import static io.keypost.protocol.record.TestDomain.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * KP-REC-3, KP-REC-4, KP-REC-5: who signed, about what and when. KP-REC-9: only the root changes
 * CAs. KP-REC-10: negative answers are signed like others. KP-REC-12: operators have a from and an
 * until.
 */
class RecordVerifierTest {
  private final TestDomain alpha = new TestDomain("alpha.test");
  private final TestDomain beta = new TestDomain("beta.test");
  private final Address info = alpha.address("info");
  private final Address bob = beta.address("bob");

  @Test
  void verifiesADomainFromItsPinnedRoot() {
    VerifiedDomain verified = alpha.verified();

    assertThat(verified.record()).isEqualTo(alpha.record(verified.record().rootStatement()));
    assertThat(verified.statement()).isEqualTo(alpha.statement());
    assertThat(verified.rootCertificate()).isEqualTo(alpha.root);
    assertThat(verified.signingCertificate()).isEqualTo(alpha.signing);
    assertThat(verified.goodUntil()).isEqualTo(NOW.plus(Duration.ofDays(7)));
  }

  @Test
  void verifiesAnAddressOfEachContent() {
    VerifiedDomain domain = alpha.verified();
    String consent = beta.signer.sign(beta.consent(info, bob));
    for (AddressRecord.Content content :
        List.of(
            new AddressRecord.Mailbox(Bytes.utf8("certificate"), beta.domain, "default"),
            new AddressRecord.Alias(bob, consent),
            new AddressRecord.Unknown(),
            new AddressRecord.Revoked(NOW))) {
      AddressRecord record = alpha.addressRecord(info, content);

      Verified<AddressRecord> verified =
          RecordVerifier.verifyAddress(alpha.signer.sign(record), domain, info, NOW);

      assertThat(verified.record()).isEqualTo(record);
      assertThat(verified.goodUntil()).isEqualTo(record.expiry());
    }
  }

  @Test
  void takesTheRecordOfTheAddressWithoutItsTag() {
    String jws = alpha.signer.sign(alpha.mailbox("alice"));

    assertThat(
            RecordVerifier.verifyAddress(jws, alpha.verified(), alpha.address("alice+shop"), NOW)
                .record()
                .address())
        .isEqualTo(alpha.address("alice"));
  }

  @Test
  void verifiesServersConsentAndReceipt() {
    assertThat(
            RecordVerifier.verifyServers(alpha.signer.sign(alpha.servers()), alpha.verified(), NOW)
                .record())
        .isEqualTo(alpha.servers());
    assertThat(
            RecordVerifier.verifyConsent(
                    beta.signer.sign(beta.consent(info, bob)), beta.verified(), info, bob, NOW)
                .record())
        .isEqualTo(beta.consent(info, bob));
    ReceiptRecord receipt = beta.receipt(alpha.address("alice"), bob);
    assertThat(
            RecordVerifier.verifyReceipt(
                    beta.receiptSigner.sign(receipt), beta.receiptChain(), beta.verified(), NOW)
                .record())
        .isEqualTo(receipt);
  }

  @Test
  void refusesADomainUnderARootThatThePinDoesNotName() {
    String jws = alpha.signer.sign(alpha.record());

    assertRefused(
        RefusalCode.RECORD_UNTRUSTED,
        "not the one that the pin names",
        () -> RecordVerifier.verifyDomain(jws, beta.pin(), alpha.domain, NOW));
  }

  @Test
  void refusesAnotherDomainsRecord() {
    String jws = alpha.signer.sign(alpha.record());

    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "about alpha.test",
        () -> RecordVerifier.verifyDomain(jws, alpha.pin(), beta.domain, NOW));
  }

  @Test
  void refusesACaThatTheRootStatementDoesNotList() {
    RootStatement other =
        new RootStatement(
            alpha.domain,
            TestDomain.GEN,
            NOW,
            NOW.plus(Duration.ofDays(1)),
            Duration.ofDays(1),
            List.of(Digest.sha256(Bytes.empty())),
            null);
    String jws = alpha.signer.sign(alpha.record(alpha.rootSigner.sign(other)));

    assertRefused(RefusalCode.RECORD_UNTRUSTED, "does not list", () -> alpha.verify(jws, NOW));
  }

  @Test
  void refusesARootStatementOfAnotherRoot() {
    String jws = alpha.signer.sign(alpha.record(beta.rootSigner.sign(alpha.statement())));

    assertRefused(
        RefusalCode.RECORD_UNTRUSTED, "under another certificate", () -> alpha.verify(jws, NOW));
  }

  @Test
  void refusesARootStatementThatTheOperationalSideMade() {
    String jws = alpha.signer.sign(alpha.record(alpha.signer.sign(alpha.statement())));

    assertRefused(
        RefusalCode.RECORD_UNTRUSTED, "under another certificate", () -> alpha.verify(jws, NOW));
  }

  @Test
  void refusesARecordWhoseGenIsNotThatOfItsRootStatement() {
    RootStatement older =
        new RootStatement(
            alpha.domain,
            TestDomain.GEN - 1,
            NOW,
            NOW.plus(Duration.ofDays(1)),
            Duration.ofDays(1),
            alpha.statement().operationalCas(),
            null);
    String jws = alpha.signer.sign(alpha.record(alpha.rootSigner.sign(older)));

    assertRefused(RefusalCode.RECORD_UNTRUSTED, "gen", () -> alpha.verify(jws, NOW));
  }

  @Test
  void refusesADomainRecordSignedByTheReceiptCertificate() {
    String jws = alpha.receiptSigner.sign(alpha.record());

    assertRefused(
        RefusalCode.RECORD_UNTRUSTED, "under another certificate", () -> alpha.verify(jws, NOW));
  }

  @Test
  void refusesAReceiptCertificateInThePlaceOfTheSigningCertificate() {
    DomainRecord honest = alpha.record();
    DomainRecord forged =
        new DomainRecord(
            honest.domain(),
            honest.gen(),
            honest.seq(),
            honest.issuedAt(),
            honest.expiry(),
            honest.rootCertificate(),
            alpha.receiptChain(),
            honest.rootStatement(),
            honest.retiredRoots(),
            honest.operators(),
            honest.limits(),
            honest.versions(),
            honest.abuseContact(),
            honest.management());

    assertRefused(
        RefusalCode.RECORD_UNTRUSTED,
        "a certificate for receipt",
        () -> alpha.verify(alpha.receiptSigner.sign(forged), NOW));
  }

  @Test
  void refusesAnAddressRecordOfAnotherDomainsSigner() {
    assertRefused(
        RefusalCode.RECORD_UNTRUSTED,
        "under another certificate",
        () ->
            RecordVerifier.verifyAddress(
                beta.signer.sign(alpha.mailbox("alice")),
                alpha.verified(),
                alpha.address("alice"),
                NOW));
  }

  @Test
  void refusesARecordAboutAnotherAddressOrOfAForeignDomain() {
    String jws = alpha.signer.sign(alpha.mailbox("alice"));
    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "another address",
        () -> RecordVerifier.verifyAddress(jws, alpha.verified(), info, NOW));

    String foreign = alpha.signer.sign(alpha.addressRecord(bob, new AddressRecord.Unknown()));
    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "about beta.test",
        () -> RecordVerifier.verifyAddress(foreign, alpha.verified(), bob, NOW));
  }

  @Test
  void refusesARecordWhoseGenIsAheadOfTheRootStatement() {
    AddressRecord ahead =
        new AddressRecord(
            info,
            TestDomain.GEN + 1,
            0,
            NOW,
            NOW.plusSeconds(60),
            null,
            new AddressRecord.Unknown(),
            List.of());

    assertRefused(
        RefusalCode.RECORD_UNTRUSTED,
        "ahead",
        () -> RecordVerifier.verifyAddress(alpha.signer.sign(ahead), alpha.verified(), info, NOW));
  }

  @Test
  void refusesServersOfAnotherOperator() {
    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "about beta.test",
        () ->
            RecordVerifier.verifyServers(alpha.signer.sign(beta.servers()), alpha.verified(), NOW));
  }

  @Test
  void refusesAConsentForAnotherAliasOrTargetOrByTheAliasesOwnDomain() {
    String jws = beta.signer.sign(beta.consent(info, bob));
    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "another alias or target",
        () -> RecordVerifier.verifyConsent(jws, beta.verified(), alpha.address("sales"), bob, NOW));
    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "another alias or target",
        () -> RecordVerifier.verifyConsent(jws, beta.verified(), info, beta.address("carol"), NOW));
    assertRefused(
        RefusalCode.RECORD_UNTRUSTED,
        "under another certificate",
        () -> RecordVerifier.verifyConsent(jws, alpha.verified(), info, bob, NOW));
  }

  @Test
  void refusesARecordOfOneKindAsAnother() {
    String consent = beta.signer.sign(beta.consent(info, bob));

    assertRefused(
        RefusalCode.RECORD_MALFORMED,
        "another kind",
        () -> RecordVerifier.verifyServers(consent, beta.verified(), NOW));
  }

  @Test
  void refusesAReceiptThatIsForgedOrOfAnotherOperatorOrSigner() {
    ReceiptRecord receipt = beta.receipt(alpha.address("alice"), bob);
    assertRefused(
        RefusalCode.RECEIPT_INVALID,
        "under another certificate",
        () ->
            RecordVerifier.verifyReceipt(
                beta.signer.sign(receipt), beta.receiptChain(), beta.verified(), NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "a certificate for signing",
        () ->
            RecordVerifier.verifyReceipt(
                beta.signer.sign(receipt),
                List.of(CertificateCodec.encode(beta.signing), CertificateCodec.encode(beta.ca)),
                beta.verified(),
                NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "another",
        () ->
            RecordVerifier.verifyReceipt(
                beta.receiptSigner.sign(receipt), beta.receiptChain(), alpha.verified(), NOW));
    assertRefused(
        RefusalCode.RECEIPT_INVALID,
        "about beta.test",
        () ->
            RecordVerifier.verifyReceipt(
                alpha.receiptSigner.sign(receipt), alpha.receiptChain(), alpha.verified(), NOW));
  }

  @Test
  void refusesARecordPastItsLifeAndOneFromTheFuture() {
    String jws = alpha.signer.sign(alpha.mailbox("alice"));
    VerifiedDomain domain = alpha.verified();
    Address alice = alpha.address("alice");
    Instant end = NOW.plus(Duration.ofHours(24));

    assertThat(RecordVerifier.verifyAddress(jws, domain, alice, end.minusMillis(1)).jws())
        .isEqualTo(jws);
    assertRefused(
        RefusalCode.RECORD_EXPIRED,
        "ended at 2026-11-25T12:00:00Z",
        () -> RecordVerifier.verifyAddress(jws, domain, alice, end));
    assertThat(
            RecordVerifier.verifyAddress(jws, domain, alice, NOW.minus(Duration.ofMinutes(5)))
                .jws())
        .isEqualTo(jws);
    assertRefused(
        RefusalCode.CLOCK_WRONG,
        "this clock says 2026-11-24T11:54:59Z",
        () -> RecordVerifier.verifyAddress(jws, domain, alice, NOW.minusSeconds(301)));
  }

  @Test
  void believesNothingUnderADomainRecordThatEnded() {
    VerifiedDomain domain = alpha.verified();
    AddressRecord later =
        new AddressRecord(
            info,
            TestDomain.GEN,
            1,
            domain.goodUntil(),
            domain.goodUntil().plusSeconds(60),
            null,
            new AddressRecord.Unknown(),
            List.of());

    assertRefused(
        RefusalCode.RECORD_EXPIRED,
        "record of its domain",
        () ->
            RecordVerifier.verifyAddress(
                alpha.signer.sign(later), domain, info, domain.goodUntil()));
  }

  @Test
  void mapsWhatIsWrongWithTheChainToWhatIsWrongWithTheRecord() {
    String jws = alpha.signer.sign(alpha.record());
    assertRefused(
        RefusalCode.CLOCK_WRONG,
        "valid from",
        () -> alpha.verify(jws, NOW.minus(Duration.ofHours(1))));
    assertRefused(
        RefusalCode.RECORD_EXPIRED,
        "expired at",
        () -> alpha.verify(jws, NOW.plus(Duration.ofDays(91))));
  }

  @Test
  void doesNotSignWhatLivesTooLongOrWithAKeyOfAnotherCertificate() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                alpha.signer.sign(
                    new ConsentRecord(
                        info,
                        bob,
                        1,
                        Bytes.utf8("s"),
                        NOW,
                        NOW.plus(Duration.ofHours(24)).plusSeconds(1))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecordSigner(alpha.signingKeys.getPrivate(), alpha.receipt, RANDOM));
  }

  @Test
  void namesAnOperatorForMailOnlyWhileItStandsAndForReceiptsFifteenDaysLonger() {
    Instant end = NOW.plus(Duration.ofDays(10));
    DomainRecord record = alphaAt(List.of(new DomainRecord.Operator(beta.domain, NOW, end)));

    assertThat(record.namesForMail(beta.domain, NOW.minusMillis(1))).isFalse();
    assertThat(record.namesForMail(beta.domain, NOW)).isTrue();
    assertThat(record.namesForMail(beta.domain, end)).isFalse();
    assertThat(record.namesForReceipts(beta.domain, end)).isTrue();
    assertThat(record.namesForReceipts(beta.domain, end.plus(Duration.ofDays(15)))).isFalse();
    assertThat(record.namesForMail(alpha.domain, NOW)).isFalse();
  }

  @Test
  void namesAnOperatorThatLeavesForNewMailOnlyUntilAnotherStaysByKpRec14() {
    Instant end = NOW.plus(Duration.ofDays(1));
    Instant handedOver = NOW.plusSeconds(60);
    DomainRecord.Operator leaving = new DomainRecord.Operator(beta.domain, NOW, end);
    DomainRecord.Operator coming = new DomainRecord.Operator(alpha.domain, handedOver, null);

    assertThat(alphaAt(List.of(leaving)).namesForNewMail(beta.domain, NOW))
        .as("nobody else is there")
        .isTrue();
    DomainRecord moved = alphaAt(List.of(leaving, coming));
    assertThat(moved.namesForNewMail(beta.domain, NOW)).isTrue();
    assertThat(moved.namesForNewMail(alpha.domain, NOW)).isFalse();
    assertThat(moved.namesForNewMail(beta.domain, handedOver)).isFalse();
    assertThat(moved.namesForNewMail(alpha.domain, handedOver)).isTrue();
    assertThat(moved.namesForMail(beta.domain, handedOver)).as("sends what it holds").isTrue();
    assertThat(moved.namesForMail(beta.domain, end)).isFalse();
    DomainRecord both = alphaAt(List.of(new DomainRecord.Operator(beta.domain, NOW, null), coming));
    assertThat(both.namesForNewMail(beta.domain, handedOver)).as("neither leaves").isTrue();
  }

  private DomainRecord alphaAt(List<DomainRecord.Operator> operators) {
    DomainRecord honest = alpha.record();
    return new DomainRecord(
        honest.domain(),
        honest.gen(),
        honest.seq(),
        honest.issuedAt(),
        honest.expiry(),
        honest.rootCertificate(),
        honest.chain(),
        honest.rootStatement(),
        honest.retiredRoots(),
        operators,
        honest.limits(),
        honest.versions(),
        honest.abuseContact(),
        honest.management());
  }

  @Test
  void namesARecordByTheDigestOfItsCompactForm() {
    String jws = alpha.signer.sign(alpha.servers());

    assertThat(RecordVerifier.verifyServers(jws, alpha.verified(), NOW).digest())
        .isEqualTo(Digest.sha256(Bytes.utf8(jws)));
    assertThat(CertificateDigests.spki(alpha.root))
        .isEqualTo(Digest.sha256(alpha.root.getPublicKey().getEncoded()));
  }

  static void assertRefused(RefusalCode code, String detail, ThrowingCallable attempt) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(attempt)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.refusal().detail()).contains(detail));
  }
}
