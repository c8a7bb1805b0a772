package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/** The names by which pins, statements and records speak of certificates: SHA-256 digests. */
public final class CertificateDigests {
  private CertificateDigests() {}

  /**
   * The digest of the whole certificate in DER: {@code kid} of records, operational CAs of a root
   * statement, services of a servers record.
   */
  public static Digest certificate(X509Certificate certificate) {
    return Digest.sha256(encoded(certificate));
  }

  /** The digest of the certificate's SubjectPublicKeyInfo: {@code root} of a DNS pin. */
  public static Digest spki(X509Certificate certificate) {
    return Digest.sha256(certificate.getPublicKey().getEncoded());
  }

  /** The certificate in DER. */
  static Bytes encoded(X509Certificate certificate) {
    try {
      return Bytes.copyOf(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_MALFORMED, "a certificate that does not encode", e);
    }
  }
}
