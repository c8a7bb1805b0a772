package io.keypost.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.verifier.Verification.SenderRecords;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The verifier's decision: KP-ENV-6, KP-ENV-7, KP-ENV-8 and the rows T04, T17, T24. */
class VerificationTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final Address BOB = Address.parse("bob@beta.test");
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final MailDomain MALLORY = MailDomain.parse("mallory.test");
  private static final UserSecretKey KEY =
      UserSecretKey.generate(ALICE, NOW.minus(Duration.ofDays(1)), RANDOM);
  private static final Digest PAYLOAD = Digest.sha256(Bytes.utf8("sealed"));
  private static final Arrival FROM_ALICE = new Arrival.FromUser(ALICE, NOW);
  private static final Arrival FROM_ALPHA = new Arrival.FromPeer(ALPHA, PAYLOAD, NOW);

  @Test
  void passesAnEnvelopeThatTheSendersCurrentKeySignedByKpRte1() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);

    assertThat(beforeLookUp(mail, FROM_ALICE)).isNull();
    assertThat(judge(mail, FROM_ALICE, mailboxOf(KEY))).isInstanceOf(Verdict.Verified.class);
    assertThat(judge(mail, FROM_ALPHA, mailboxOf(KEY))).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void refusesASignatureOverAnotherEnvelopeByKpEnv6() {
    SignedEnvelope genuine = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);
    SignedEnvelope altered =
        SignedEnvelope.of(envelope(NOW, NOW.plus(Duration.ofDays(3))), genuine.signature());

    assertRefused(judge(altered, FROM_ALPHA, mailboxOf(KEY)), RefusalCode.SIGNATURE_INVALID);
  }

  @Test
  void refusesASignatureByAnotherUsersKeyUnderTheSendersNameByKpEnv6() {
    UserSecretKey mallory = UserSecretKey.generate(ALICE, NOW.minusSeconds(60), RANDOM);
    Envelope named = envelope(NOW, NOW.plus(Duration.ofDays(2)));
    Bytes signature =
        DetachedSignatures.sign(SignatureContext.ENVELOPE, named.encode(), mallory, NOW);
    SignedEnvelope byTheWrongKey = SignedEnvelope.of(named, signature);

    assertThat(judge(byTheWrongKey, FROM_ALICE, mailboxOf(KEY)))
        .isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void refusesASubkeyThatTheSendersCertificateDoesNotHaveByKpEnv6() {
    UserSecretKey other = UserSecretKey.generate(ALICE, NOW.minusSeconds(60), RANDOM);
    SignedEnvelope mail = signed(envelopeBy(other, NOW, NOW.plus(Duration.ofDays(2))), other);

    assertRefused(judge(mail, FROM_ALICE, mailboxOf(KEY)), RefusalCode.SENDER_KEY_UNKNOWN);
  }

  @Test
  void refusesASubkeyThatWasRevokedByKpEnv6() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);
    UserSecretKey revoked = KEY.revokeSigningSubkey(RevocationReason.COMPROMISED, NOW);

    assertRefused(judge(mail, FROM_ALPHA, mailboxOf(revoked)), RefusalCode.SENDER_KEY_REVOKED);
  }

  @Test
  void refusesAKeyThatItsDomainRevokedThoughTheCertificateDoesNotSayItByKpRec20() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);
    Digest subkey = new Digest(mail.envelope().senderKey());
    Digest primary = new Digest(KEY.certificate().fingerprint());

    for (Digest revoked : List.of(subkey, primary)) {
      assertRefused(
          judge(mail, FROM_ALPHA, mailboxOf(KEY), Set.of(revoked)), RefusalCode.SENDER_KEY_REVOKED);
    }
    assertThat(judge(mail, FROM_ALPHA, mailboxOf(KEY), Set.of(PAYLOAD)))
        .isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void refusesAnAddressThatItsDomainRevoked() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);

    assertRefused(
        judge(mail, FROM_ALPHA, new SenderStanding.Revoked(NOW.minusSeconds(1))),
        RefusalCode.SENDER_KEY_REVOKED);
  }

  @Test
  void refusesASenderThatItsDomainDoesNotKnow() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);

    assertRefused(
        judge(mail, FROM_ALPHA, new SenderStanding.NoSender()), RefusalCode.SENDER_UNKNOWN);
  }

  @Test
  @DisplayName("T17: an operator that the sender's domain no longer names makes mail wait, not end")
  void makesMailWaitWhenItsOperatorIsNotNamedNowByKpRte2() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);
    Arrival fromMallory = new Arrival.FromPeer(MALLORY, PAYLOAD, NOW);

    assertThat(judge(mail, fromMallory, mailboxOf(KEY)))
        .isInstanceOfSatisfying(
            Verdict.Later.class,
            later -> assertThat(later.refusal().code()).isEqualTo(RefusalCode.NOT_OPERATOR));
  }

  @Test
  void takesWhatAnOperatorBroughtBeforeTheSendersDomainMovedAwayByKpOut21() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);
    Instant moved = NOW.minusSeconds(1);
    DomainRecord left =
        alphaAt(
            new DomainRecord.Operator(ALPHA, NOW.minus(Duration.ofDays(9)), moved),
            new DomainRecord.Operator(MALLORY, moved, null));

    assertThat(judge(mail, arrivedAt(moved.minusMillis(1)), left))
        .isInstanceOf(Verdict.Verified.class);
    assertThat(judge(mail, arrivedAt(moved), left)).isInstanceOf(Verdict.Later.class);
  }

  private static Arrival arrivedAt(Instant time) {
    return new Arrival.FromPeer(ALPHA, PAYLOAD, time);
  }

  private static Verdict judge(SignedEnvelope mail, Arrival arrival, DomainRecord senders) {
    return Verification.judge(
        mail, arrival, new SenderRecords(senders, mailboxOf(KEY), Set.of()), NOW);
  }

  @Test
  @DisplayName("T24: a clock that is ahead is named")
  void refusesAnEnvelopeFromTheFutureAndSaysWhoseClockIsAheadByKpEnv7() {
    Instant ahead = NOW.plus(Duration.ofHours(1));
    Verdict verdict = beforeLookUp(signed(envelope(ahead, ahead.plusSeconds(60)), KEY), FROM_ALICE);

    assertRefused(verdict, RefusalCode.CREATED_IN_FUTURE);
    assertThat(((Verdict.Refused) verdict).refusal().detail()).contains("sender's clock");
  }

  @Test
  void refusesALifeOfMoreThanSevenDaysByKpEnv8() {
    Verdict verdict =
        beforeLookUp(
            signed(envelope(NOW, NOW.plus(Duration.ofDays(7)).plusMillis(1)), KEY), FROM_ALICE);

    assertRefused(verdict, RefusalCode.LIFE_TOO_LONG);
  }

  @Test
  void endsWhatExpiredOnItsWayByKpEnv9() {
    SignedEnvelope mail = signed(envelope(NOW.minus(Duration.ofDays(1)), NOW), KEY);

    assertThat(beforeLookUp(mail, FROM_ALPHA)).isInstanceOf(Verdict.Expired.class);
  }

  @Test
  void givesAnEventToPeopleWhosePayloadIsNotTheOneThatWasSignedByKpRte1() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);
    SealedMail swapped =
        new SealedMail(
            mail, new PayloadLocation("segment", 0, 6, Digest.sha256(Bytes.utf8("other!"))));

    assertThat(Verification.beforeLookUp(swapped, FROM_ALICE, NOW))
        .get()
        .isInstanceOf(Verdict.Inconsistent.class);
  }

  @Test
  void givesAnEventToPeopleThatWasSubmittedBySomebodyElse() {
    SignedEnvelope mail = signed(envelope(NOW, NOW.plus(Duration.ofDays(2))), KEY);

    assertThat(beforeLookUp(mail, new Arrival.FromUser(BOB, NOW)))
        .isInstanceOf(Verdict.Inconsistent.class);
  }

  private static void assertRefused(Verdict verdict, RefusalCode code) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.refusal().code()).isEqualTo(code));
  }

  private static Verdict beforeLookUp(SignedEnvelope mail, Arrival arrival) {
    var stored = new SealedMail(mail, new PayloadLocation("segment", 0, 6, PAYLOAD));
    return Verification.beforeLookUp(stored, arrival, NOW).orElse(null);
  }

  private static Verdict judge(SignedEnvelope mail, Arrival arrival, SenderStanding standing) {
    return judge(mail, arrival, standing, Set.of());
  }

  private static Verdict judge(
      SignedEnvelope mail, Arrival arrival, SenderStanding standing, Set<Digest> revokedKeys) {
    return Verification.judge(
        mail, arrival, new SenderRecords(alpha(), standing, revokedKeys), NOW);
  }

  private static SenderStanding mailboxOf(UserSecretKey key) {
    return new SenderStanding.Mailbox(key.certificate());
  }

  private static Envelope envelope(Instant created, Instant expires) {
    return envelopeBy(KEY, created, expires);
  }

  private static Envelope envelopeBy(UserSecretKey key, Instant created, Instant expires) {
    return new Envelope(
        MessageId.random(RANDOM),
        ALICE,
        key.signingFingerprint(),
        BOB,
        Bytes.copyOf(new byte[32]),
        BOB,
        created,
        expires,
        PAYLOAD,
        6);
  }

  private static SignedEnvelope signed(Envelope envelope, UserSecretKey key) {
    return SignedEnvelope.of(
        envelope, DetachedSignatures.sign(SignatureContext.ENVELOPE, envelope.encode(), key, NOW));
  }

  private static DomainRecord alpha() {
    return alphaAt(new DomainRecord.Operator(ALPHA, NOW.minus(Duration.ofDays(9)), null));
  }

  private static DomainRecord alphaAt(DomainRecord.Operator... operators) {
    Bytes certificate = Bytes.utf8("a certificate that nobody reads here");
    return new DomainRecord(
        ALPHA,
        1,
        1,
        NOW,
        NOW.plus(Duration.ofDays(7)),
        certificate,
        List.of(certificate, certificate),
        "statement",
        List.of(),
        List.of(operators),
        new DomainRecord.Limits(1000),
        List.of(1),
        "abuse@alpha.test",
        DomainRecord.Management.OWNER);
  }
}
