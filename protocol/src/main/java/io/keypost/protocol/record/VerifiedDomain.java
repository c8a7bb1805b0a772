package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CheckedCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Set;

/**
 * A domain's record, verified under a pinned root. Only {@link RecordVerifier} makes one that may
 * be believed.
 *
 * @param record what the domain says
 * @param statement what its root says
 * @param rootCertificate the root that the pin names
 * @param signer the certificate that signs the domain's records
 * @param jws the record as it is carried
 * @param digest of {@code jws}
 * @param revoked what the domain has revoked, see {@link #revoking}
 * @param goodUntil the earliest end of record, statement and certificates: verify anew after it
 */
public record VerifiedDomain(
    DomainRecord record,
    RootStatement statement,
    X509Certificate rootCertificate,
    CheckedCertificate signer,
    String jws,
    Digest digest,
    Revoked revoked,
    Instant goodUntil) {
  /**
   * The same domain with what it has revoked (KP-REC-20). It is good no longer than that is.
   *
   * @throws RefusedException {@code record_untrusted} when the domain's own signer, or the CA above
   *     it, is among what is revoked
   */
  public VerifiedDomain revoking(Verified<RevocationsRecord> newest) {
    Revoked now = Revoked.of(newest);
    for (Bytes certificate : record.chain()) {
      if (now.certificates().contains(Digest.sha256(certificate.toByteArray()))) {
        throw RefusedException.of(
            RefusalCode.RECORD_UNTRUSTED,
            "kp-domain: " + domain() + " has revoked the certificate of its signer");
      }
    }
    Instant end = newest.goodUntil();
    return new VerifiedDomain(
        record,
        statement,
        rootCertificate,
        signer,
        jws,
        digest,
        now,
        end.isBefore(goodUntil) ? end : goodUntil);
  }

  /** The domain. */
  public MailDomain domain() {
    return record.domain();
  }

  /** The certificate that signs the domain's records. */
  public X509Certificate signingCertificate() {
    return signer.certificate();
  }

  /** Digests of the operational CAs that are in force. */
  public Set<Digest> operationalCas() {
    return Set.copyOf(statement.operationalCas());
  }
}
