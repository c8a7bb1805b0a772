package io.keypost.protocol.record;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CheckedCertificate;
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
 * @param goodUntil the earliest end of record, statement and certificates: verify anew after it
 */
public record VerifiedDomain(
    DomainRecord record,
    RootStatement statement,
    X509Certificate rootCertificate,
    CheckedCertificate signer,
    String jws,
    Digest digest,
    Instant goodUntil) {
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
