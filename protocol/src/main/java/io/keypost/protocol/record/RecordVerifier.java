package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.CheckedCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * From octets that anybody may have sent to records that may be believed. Every method throws
 * {@link RefusedException} and nothing else for what is wrong with the record: {@code
 * record_malformed}, {@code record_untrusted}, {@code record_expired} or {@code clock_wrong}, all
 * of them temporary, since a bad answer of a key server says nothing about the mail that made one
 * ask. {@link #verifyReceipt} alone refuses for good: a receipt is handed in, not asked for.
 *
 * <p>Rollback is for who remembers records to see: {@link Succession}.
 */
public final class RecordVerifier {
  private RecordVerifier() {}

  /**
   * Verifies a domain's record, the root statement in it and the chain from the pinned root to the
   * signing certificate.
   *
   * @param jws the record
   * @param pinnedRoot digest of the root's SubjectPublicKeyInfo, from the pin
   * @param domain whose record it must be
   * @param now the time at which all must be good
   */
  public static VerifiedDomain verifyDomain(
      String jws, Digest pinnedRoot, MailDomain domain, Instant now) {
    Jws parsed = Jws.parse(jws, RecordKind.DOMAIN);
    DomainRecord record = parsed.read(RecordKind.DOMAIN, DomainRecord::read);
    requireAbout(RecordKind.DOMAIN, record.domain(), domain);
    X509Certificate root = decode(record.rootCertificate());
    Verified<RootStatement> statement =
        verifyStatement(record.rootStatement(), root, pinnedRoot, domain, now);
    if (record.gen() != statement.record().gen()) {
      throw untrusted(RecordKind.DOMAIN, "its gen is not that of the root statement in it");
    }
    CheckedCertificate signer =
        certificates(
            () ->
                CertificateChecker.check(
                    record.chain().stream().map(CertificateCodec::decode).toList(),
                    root,
                    Set.copyOf(statement.record().operationalCas()),
                    CertificateUse.SIGNING,
                    domain,
                    now));
    parsed.requireSignedBy(RecordKind.DOMAIN, signer.certificate().getPublicKey(), signer.digest());
    RecordTimes.requireGood(record, now);
    return new VerifiedDomain(
        record,
        statement.record(),
        root,
        signer,
        jws,
        parsed.digest(),
        Revoked.NOTHING,
        earliest(record.expiry(), statement.goodUntil(), signer.goodUntil()));
  }

  /**
   * Verifies a root statement by itself.
   *
   * @param root the root's certificate, as untrusted as the statement
   * @param pinnedRoot digest of the root's SubjectPublicKeyInfo, from the pin
   */
  public static Verified<RootStatement> verifyStatement(
      String jws, X509Certificate root, Digest pinnedRoot, MailDomain domain, Instant now) {
    if (!CertificateDigests.spki(root).equals(pinnedRoot)) {
      throw untrusted(RecordKind.ROOT, "the root is not the one that the pin names");
    }
    CheckedCertificate checked =
        certificates(() -> CertificateChecker.checkRoot(root, domain, now));
    Jws parsed = Jws.parse(jws, RecordKind.ROOT);
    parsed.requireSignedBy(RecordKind.ROOT, root.getPublicKey(), checked.digest());
    RootStatement statement = parsed.read(RecordKind.ROOT, RootStatement::read);
    requireAbout(RecordKind.ROOT, statement.domain(), domain);
    RecordTimes.requireGood(statement, now);
    return new Verified<>(
        statement, jws, parsed.digest(), earliest(statement.expiry(), checked.goodUntil()));
  }

  /**
   * Verifies the record of one address.
   *
   * @param domain the address's domain, verified
   * @param asked the address that was asked for; the record is about it, or about the address
   *     without its tag
   */
  public static Verified<AddressRecord> verifyAddress(
      String jws, VerifiedDomain domain, Address asked, Instant now) {
    Verified<AddressRecord> verified =
        verifySigned(jws, RecordKind.ADDRESS, domain, now, AddressRecord::read);
    AddressRecord record = verified.record();
    requireAbout(RecordKind.ADDRESS, record.address().domain(), domain.domain());
    if (!record.address().equals(asked) && !record.address().equals(asked.withoutTag())) {
      throw malformed(RecordKind.ADDRESS, "it is about another address");
    }
    requireGenOf(domain, record);
    return verified;
  }

  /** Verifies an operator's servers; {@code operator} is the operator's own domain, verified. */
  public static Verified<ServersRecord> verifyServers(
      String jws, VerifiedDomain operator, Instant now) {
    Verified<ServersRecord> verified =
        verifySigned(jws, RecordKind.SERVERS, operator, now, ServersRecord::read);
    requireAbout(RecordKind.SERVERS, verified.record().operator(), operator.domain());
    requireGenOf(operator, verified.record());
    return verified;
  }

  /**
   * Verifies what a domain has revoked, by the chain in the record itself: whoever stole the key
   * that signed the domain's record cannot hide that it is revoked. A record that revokes its own
   * signer is {@code record_untrusted}.
   *
   * @param domain whose, verified but for this
   */
  public static Verified<RevocationsRecord> verifyRevocations(
      String jws, VerifiedDomain domain, Instant now) {
    RecordKind kind = RecordKind.REVOCATIONS;
    Jws parsed = Jws.parse(jws, kind);
    RevocationsRecord record = parsed.read(kind, RevocationsRecord::read);
    requireAbout(kind, record.domain(), domain.domain());
    CheckedCertificate signer =
        certificates(
            () ->
                CertificateChecker.check(
                    record.chain().stream().map(CertificateCodec::decode).toList(),
                    domain.rootCertificate(),
                    domain.operationalCas(),
                    record.certificates(),
                    CertificateUse.SIGNING,
                    domain.domain(),
                    now));
    parsed.requireSignedBy(kind, signer.certificate().getPublicKey(), signer.digest());
    requireGenOf(domain, record);
    RecordTimes.requireGood(record, now);
    return new Verified<>(
        record, jws, parsed.digest(), earliest(record.expiry(), signer.goodUntil()));
  }

  /**
   * Verifies that the target's domain vouches for a consent. The OpenPGP signature in it is
   * verified apart, by {@code io.keypost.protocol.openpgp}.
   *
   * @param target the target's domain, verified
   */
  public static Verified<ConsentRecord> verifyConsent(
      String jws, VerifiedDomain target, Address alias, Address targetAddress, Instant now) {
    Verified<ConsentRecord> verified =
        verifySigned(jws, RecordKind.CONSENT, target, now, ConsentRecord::read);
    ConsentRecord record = verified.record();
    requireAbout(RecordKind.CONSENT, record.target().domain(), target.domain());
    if (!record.alias().equals(alias) || !record.target().equals(targetAddress)) {
      throw malformed(RecordKind.CONSENT, "it is about another alias or target");
    }
    return verified;
  }

  /**
   * Verifies a receipt that was handed in. Whether the deciding operator is one that the
   * recipient's domain names is the caller's to see ({@link DomainRecord#namesForReceipts}), as is
   * whether such an envelope was sent.
   *
   * @param chain receipt certificate and operational CA in DER
   * @param operator the deciding operator's domain, verified
   * @throws RefusedException {@code receipt_invalid}, {@code clock_wrong}, or what {@link
   *     CertificateChecker#check} says of the chain
   */
  public static Verified<ReceiptRecord> verifyReceipt(
      String jws, List<Bytes> chain, VerifiedDomain operator, Instant now) {
    if (chain.size() > CertificateCodec.MAX_CHAIN) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_UNTRUSTED, "a chain of " + chain.size() + " certificates");
    }
    CheckedCertificate signer =
        receiptSigner(chain.stream().map(CertificateCodec::decode).toList(), operator, now);
    try {
      Verified<ReceiptRecord> verified =
          verify(jws, RecordKind.RECEIPT, signer, now, ReceiptRecord::read);
      requireAbout(RecordKind.RECEIPT, verified.record().operator(), operator.domain());
      return verified;
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.CLOCK_WRONG
          ? e
          : RefusedException.of(RefusalCode.RECEIPT_INVALID, e.refusal().detail(), e);
    }
  }

  /**
   * What was signed before a root was exchanged stays proved (KP-RCP-6): by the CAs that the old
   * root listed when it announced the next one, as long as the domain tells of that.
   */
  private static CheckedCertificate receiptSigner(
      List<X509Certificate> chain, VerifiedDomain operator, Instant now) {
    try {
      return CertificateChecker.check(
          chain,
          operator.rootCertificate(),
          operator.operationalCas(),
          operator.revoked().certificates(),
          CertificateUse.RECEIPT,
          operator.domain(),
          now);
    } catch (RefusedException e) {
      if (e.code() != RefusalCode.CERTIFICATE_UNTRUSTED) {
        throw e;
      }
      for (Verified<RootStatement> retired : announcements(operator, now)) {
        X509Certificate root = retiredRoot(operator, retired);
        try {
          return CertificateChecker.check(
              chain,
              root,
              Set.copyOf(retired.record().operationalCas()),
              operator.revoked().certificates(),
              CertificateUse.RECEIPT,
              operator.domain(),
              now);
        } catch (RefusedException other) {
          if (other.code() != RefusalCode.CERTIFICATE_UNTRUSTED) {
            throw other;
          }
        }
      }
      throw e;
    }
  }

  /** Statements of retired roots, newest first, each announcing the root after it. */
  private static List<Verified<RootStatement>> announcements(VerifiedDomain domain, Instant now) {
    List<Verified<RootStatement>> announcements = new ArrayList<>();
    Digest successor = CertificateDigests.spki(domain.rootCertificate());
    for (DomainRecord.RetiredRoot retired : domain.record().retiredRoots().reversed()) {
      try {
        X509Certificate root = CertificateCodec.decode(retired.certificate());
        Digest key = CertificateDigests.spki(root);
        Verified<RootStatement> statement =
            verifyStatement(retired.statement(), root, key, domain.domain(), now);
        if (!successor.equals(statement.record().nextRoot())) {
          break;
        }
        announcements.add(statement);
        successor = key;
      } catch (RefusedException e) {
        // What does not verify announces nothing, and nothing before it leads here.
        break;
      }
    }
    return announcements;
  }

  /** The certificate of the root that signed an announcement of {@link #announcements}. */
  private static X509Certificate retiredRoot(
      VerifiedDomain domain, Verified<RootStatement> announcement) {
    return domain.record().retiredRoots().stream()
        .filter(retired -> retired.statement().equals(announcement.jws()))
        .map(retired -> CertificateCodec.decode(retired.certificate()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Reads a receipt that {@link #verifyReceipt} verified before, for those who were handed both the
   * receipt and its signer by whoever did. Checks the signature once more, and nothing about the
   * signer.
   *
   * @param signer the receipt certificate in DER, as it was verified then
   * @throws RefusedException {@code record_malformed}, {@code record_untrusted} or {@code
   *     certificate_malformed}
   */
  public static ReceiptRecord readVerifiedReceipt(String jws, Bytes signer) {
    X509Certificate certificate = CertificateCodec.decode(signer);
    Jws parsed = Jws.parse(jws, RecordKind.RECEIPT);
    parsed.requireSignedBy(
        RecordKind.RECEIPT,
        certificate.getPublicKey(),
        CertificateDigests.certificate(certificate));
    return parsed.read(RecordKind.RECEIPT, ReceiptRecord::read);
  }

  private static <R extends SignedRecord> Verified<R> verifySigned(
      String jws,
      RecordKind kind,
      VerifiedDomain domain,
      Instant now,
      Function<JsonObject, R> reader) {
    if (!now.isBefore(domain.goodUntil())) {
      throw RefusedException.of(
          RefusalCode.RECORD_EXPIRED, kind.typ() + ": the record of its domain has ended");
    }
    return verify(jws, kind, domain.signer(), now, reader);
  }

  /** Signature first; what the payload says is read only then. */
  private static <R extends SignedRecord> Verified<R> verify(
      String jws,
      RecordKind kind,
      CheckedCertificate signer,
      Instant now,
      Function<JsonObject, R> reader) {
    Jws parsed = Jws.parse(jws, kind);
    parsed.requireSignedBy(kind, signer.certificate().getPublicKey(), signer.digest());
    R record = parsed.read(kind, reader);
    RecordTimes.requireGood(record, now);
    return new Verified<>(
        record,
        jws,
        parsed.digest(),
        earliest(record.expires().orElse(signer.goodUntil()), signer.goodUntil()));
  }

  /** A chain in a key server's answer: what is wrong with it is wrong with the record. */
  private static CheckedCertificate certificates(Supplier<CheckedCertificate> check) {
    try {
      return check.get();
    } catch (RefusedException e) {
      RefusalCode code =
          switch (e.code()) {
            case CERTIFICATE_EXPIRED -> RefusalCode.RECORD_EXPIRED;
            case CERTIFICATE_NOT_YET_VALID -> RefusalCode.CLOCK_WRONG;
            case CERTIFICATE_MALFORMED -> RefusalCode.RECORD_MALFORMED;
            default -> RefusalCode.RECORD_UNTRUSTED;
          };
      throw RefusedException.of(code, e.refusal().detail(), e);
    }
  }

  private static X509Certificate decode(Bytes der) {
    try {
      return CertificateCodec.decode(der);
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.RECORD_MALFORMED, e.refusal().detail(), e);
    }
  }

  private static void requireAbout(RecordKind kind, MailDomain said, MailDomain expected) {
    if (!said.equals(expected)) {
      throw malformed(kind, "it is about " + said + ", not about " + expected);
    }
  }

  /** Nothing is ahead of the root statement, which alone raises {@code gen}. */
  private static void requireGenOf(VerifiedDomain domain, SuccessiveRecord record) {
    if (record.gen() > domain.statement().gen()) {
      throw untrusted(record.kind(), "its gen is ahead of its domain's root statement");
    }
  }

  private static Instant earliest(Instant first, Instant... others) {
    Instant earliest = first;
    for (Instant other : others) {
      earliest = other.isBefore(earliest) ? other : earliest;
    }
    return earliest;
  }

  private static RefusedException malformed(RecordKind kind, String why) {
    return RefusedException.of(RefusalCode.RECORD_MALFORMED, kind.typ() + ": " + why);
  }

  private static RefusedException untrusted(RecordKind kind, String why) {
    return RefusedException.of(RefusalCode.RECORD_UNTRUSTED, kind.typ() + ": " + why);
  }
}
