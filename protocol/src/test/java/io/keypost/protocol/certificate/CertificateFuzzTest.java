package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-CRT-7, KP-CRT-8, T19, T21, T40: whatever is given for a certificate or a request of one. */
class CertificateFuzzTest {
  private static final TestAuthority ALPHA = new TestAuthority("alpha.test");

  static Stream<byte[]> certificates() {
    return Vectors.octets(
        "alpha.test/root.der",
        "alpha.test/ca.der",
        "alpha.test/signing.der",
        "alpha.test/server.der",
        "alpha.test/receipt.der");
  }

  /** As anybody can send it: in each place of a chain, for each use. */
  @MethodSource("certificates")
  @FuzzTest
  void certificate(byte[] octets) throws Exception {
    Hostile.isReadOrRefused(
        octets.length, () -> isRefusedInEveryPlace(CertificateCodec.decode(Bytes.copyOf(octets))));
  }

  private static void isRefusedInEveryPlace(X509Certificate given) throws Exception {
    int octets = CertificateCodec.encode(given).size();
    X509Certificate server = ALPHA.server("mx.alpha.test");
    Hostile.isReadOrRefused(octets, () -> CertificateChecker.checkRoot(given, ALPHA.domain, NOW));
    for (CertificateUse use : CertificateUse.values()) {
      if (use != CertificateUse.ROOT) {
        Hostile.isReadOrRefused(octets, () -> ALPHA.check(List.of(given, ALPHA.ca), use, NOW));
      }
    }
    Hostile.isReadOrRefused(
        octets,
        () ->
            CertificateChecker.check(
                List.of(server, given),
                ALPHA.root,
                Set.of(CertificateDigests.certificate(given)),
                CertificateUse.SERVER,
                ALPHA.domain,
                NOW));
    Hostile.isReadOrRefused(
        octets,
        () ->
            CertificateChecker.check(
                List.of(server, ALPHA.ca),
                given,
                ALPHA.listed(),
                CertificateUse.SERVER,
                ALPHA.domain,
                NOW));
  }

  static Stream<byte[]> contents() {
    return Stream.of(CertificateUse.values())
        .map(use -> ForgedCertificate.of(use, ALPHA).encode())
        .map(Bytes::toByteArray)
        .map(
            der -> {
              try {
                return Certificate.getInstance(der)
                    .getTBSCertificate()
                    .getEncoded(ASN1Encoding.DER);
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  /** As a hostile domain can make it: whatever it says, signed by the domain's root and CA. */
  @MethodSource("contents")
  @FuzzTest
  void signedContent(byte[] octets) throws Exception {
    for (var keys : List.of(ALPHA.caKeys, ALPHA.rootKeys)) {
      Bytes der = certificate(octets, keys.getPrivate());
      Hostile.isReadOrRefused(
          octets.length,
          () -> {
            X509Certificate given = CertificateCodec.decode(der);
            isRefusedInEveryPlace(given);
            CertificateChecker.checkRoot(given, ALPHA.domain, NOW);
          });
    }
  }

  /** The three parts of RFC 5280 section 4.1 around octets that may be no structure at all. */
  private static Bytes certificate(byte[] content, java.security.PrivateKey key)
      throws GeneralSecurityException, java.io.IOException {
    Signature signature = Signature.getInstance("SHA256withECDSA", BouncyCastle.PROVIDER);
    signature.initSign(key, RANDOM);
    signature.update(content);
    Bytes body =
        Bytes.concat(
            Bytes.copyOf(content),
            // SEQUENCE of the one OBJECT IDENTIFIER 1.2.840.10045.4.3.2: ecdsa-with-SHA256.
            Bytes.parseHex("300a06082a8648ce3d040302"),
            Bytes.copyOf(new DERBitString(signature.sign()).getEncoded(ASN1Encoding.DER)));
    return Bytes.concat(sequence(body.size()), body);
  }

  private static Bytes sequence(int length) {
    if (length < 0x80) {
      return Bytes.copyOf(new byte[] {0x30, (byte) length});
    }
    return length < 0x100
        ? Bytes.copyOf(new byte[] {0x30, (byte) 0x81, (byte) length})
        : length < 0x10000
            ? Bytes.copyOf(new byte[] {0x30, (byte) 0x82, (byte) (length >> 8), (byte) length})
            : Bytes.copyOf(
                new byte[] {
                  0x30,
                  (byte) 0x84,
                  (byte) (length >> 24),
                  (byte) (length >> 16),
                  (byte) (length >> 8),
                  (byte) length
                });
  }

  static Stream<byte[]> names() {
    return Stream.of(CertificateUse.values())
        .map(
            use ->
                CertificateProfile.plain(
                    Extension.subjectAlternativeName,
                    CertificateProfile.names(use, ALPHA.domain, List.of(ALPHA.domain))))
        .map(extension -> extension.getExtnValue().getOctets());
  }

  /** KP-CRT-2: the names in a certificate or in a request. */
  @MethodSource("names")
  @FuzzTest
  void subjectAlternativeName(byte[] octets) throws Exception {
    Hostile.isReadOrRefused(
        octets.length,
        () ->
            assertThat(
                    CertificateNames.of(
                            new Extension(Extension.subjectAlternativeName, false, octets))
                        .uri())
                .isNotNull());
  }

  static Stream<byte[]> requests() {
    return Stream.of(CertificateUse.values())
        .map(
            use ->
                CertificateRequest.make(ALPHA.domain, use, P256.generate(RANDOM), RANDOM)
                    .der()
                    .toByteArray());
  }

  @MethodSource("requests")
  @FuzzTest
  void request(byte[] octets) throws Exception {
    Hostile.isReadOrRefused(
        octets.length,
        () ->
            assertThat(CertificateRequest.parse(Bytes.copyOf(octets)).der())
                .isEqualTo(Bytes.copyOf(octets)));
  }

  static Stream<byte[]> texts() {
    return Stream.of(
            CertificateCodec.toPem(List.of(ALPHA.server("mx.alpha.test"), ALPHA.ca, ALPHA.root)),
            CertificateRequest.make(
                    ALPHA.domain, CertificateUse.SERVER, P256.generate(RANDOM), RANDOM)
                .toPem())
        .map(text -> text.getBytes(StandardCharsets.US_ASCII));
  }

  /** As administrators and servers send them. */
  @MethodSource("texts")
  @FuzzTest
  void pem(byte[] octets) throws Exception {
    String text = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(CertificateCodec.chainFromPem(text)).hasSizeBetween(1, 3));
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(CertificateRequest.fromPem(text)).isNotNull());
    Hostile.isReadOrRefused(
        octets.length,
        () ->
            assertThat(Pem.readAll(Pem.CERTIFICATE, text, 3, RefusalCode.CERTIFICATE_MALFORMED))
                .hasSizeLessThanOrEqualTo(3));
  }
}
