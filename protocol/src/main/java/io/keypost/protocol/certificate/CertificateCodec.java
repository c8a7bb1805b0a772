package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Certificates as DER and PEM. What is read is bounded before it is parsed; whether it is to be
 * trusted only {@link CertificateChecker} says.
 */
public final class CertificateCodec {
  /** Largest certificate that is parsed, in octets. One with 16 long host names has about 5,000. */
  public static final int MAX_CERTIFICATE_OCTETS = 8 * 1024;

  /** Most certificates in one file or chain: leaf, operational CA, root. */
  public static final int MAX_CHAIN = 3;

  private CertificateCodec() {}

  /** DER. */
  public static Bytes encode(X509Certificate certificate) {
    return CertificateDigests.encoded(certificate);
  }

  /**
   * Reads DER.
   *
   * @throws RefusedException {@code certificate_malformed} when it is too large, or not a
   *     certificate in DER with nothing after it
   */
  public static X509Certificate decode(Bytes der) {
    ParsedCertificate parsed = ParsedCertificate.parse(der);
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509").generateCertificate(parsed.der().asInputStream());
    } catch (CertificateException | RuntimeException e) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "not a certificate", e);
    }
  }

  /** PEM of one certificate after the other. */
  public static String toPem(List<X509Certificate> chain) {
    return chain.stream().map(CertificateCodec::toPem).collect(Collectors.joining());
  }

  /** PEM of one certificate. */
  public static String toPem(X509Certificate certificate) {
    return Pem.write(Pem.CERTIFICATE, encode(certificate).toByteArray());
  }

  /**
   * Reads one certificate.
   *
   * @throws RefusedException {@code certificate_malformed}
   */
  public static X509Certificate fromPem(String pem) {
    return decode(Pem.readOne(Pem.CERTIFICATE, pem, RefusalCode.CERTIFICATE_MALFORMED));
  }

  /**
   * Reads 1 to {@value #MAX_CHAIN} certificates in the order of the text, leaf first.
   *
   * @throws RefusedException {@code certificate_malformed}
   */
  public static List<X509Certificate> chainFromPem(String pem) {
    List<Bytes> all =
        Pem.readAll(Pem.CERTIFICATE, pem, MAX_CHAIN, RefusalCode.CERTIFICATE_MALFORMED);
    if (all.isEmpty()) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "no certificate in the text");
    }
    return all.stream().map(CertificateCodec::decode).toList();
  }
}
