package io.keypost.protocol.certificate;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x509.Extension;

/** Whom a peer's certificate claims to be, before anything in it was checked. */
public final class ServerNames {
  private ServerNames() {}

  /**
   * The operator that {@code certificate} names in {@code keypost://<operator>/server}: whose
   * pinned root it is then to be checked against.
   *
   * @throws RefusedException {@code certificate_malformed} when it is no certificate of this
   *     protocol, {@code certificate_wrong_use} when it is not a server's
   */
  public static MailDomain operatorOf(X509Certificate certificate) {
    KeypostUri uri = names(certificate).uri();
    if (uri.use() != CertificateUse.SERVER) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_USE, "a certificate for " + uri.use().path());
    }
    return uri.domain();
  }

  /**
   * The hosts that {@code certificate} names; checks nothing else of it.
   *
   * @throws RefusedException {@code certificate_malformed} when it is no certificate of this
   *     protocol
   */
  public static List<MailDomain> hostsOf(X509Certificate certificate) {
    return names(certificate).hosts();
  }

  private static CertificateNames names(X509Certificate certificate) {
    Extension names =
        ParsedCertificate.parse(CertificateDigests.encoded(certificate))
            .extension(Extension.subjectAlternativeName)
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.CERTIFICATE_MALFORMED, "a certificate without names"));
    return CertificateNames.of(names);
  }
}
