package io.keypost.protocol.certificate;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that {@link CertificateChecker} found good for one use and one domain.
 *
 * @param certificate the leaf
 * @param use its one use
 * @param domain the domain it belongs to: the operator for {@code SERVER} and {@code RECEIPT}
 * @param hosts host names of a server, else empty
 * @param digest SHA-256 of the certificate
 * @param goodUntil the earliest end of life in its chain: check anew after it
 */
public record CheckedCertificate(
    X509Certificate certificate,
    CertificateUse use,
    MailDomain domain,
    List<MailDomain> hosts,
    Digest digest,
    Instant goodUntil) {
  /** Keeps its own copy of the list. */
  public CheckedCertificate {
    hosts = List.copyOf(hosts);
  }
}
