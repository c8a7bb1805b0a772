package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;

/** What a chain must be: KP-CRT-3, KP-CRT-4; threats T16, T40. */
class CertificateChainTest extends CertificateCheck {

  @Test
  void refusesAnEmptyChain() {
    assertRefused(
        RefusalCode.CERTIFICATE_MISSING,
        "no certificate",
        () -> alpha.check(List.of(), CertificateUse.SERVER, NOW));
  }

  @Test
  void takesTheRootAtTheEndOfTheChain() {
    assertThat(
            alpha
                .check(
                    List.of(alpha.server("mx.alpha.test"), alpha.ca, alpha.root),
                    CertificateUse.SERVER,
                    NOW)
                .domain())
        .isEqualTo(alpha.domain);
  }

  @Test
  void refusesAChainOfAHundredBeforeItParsesAny() {
    List<X509Certificate> deep = Collections.nCopies(100, alpha.ca);

    assertRefused(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "a chain of 100",
        () -> alpha.check(deep, CertificateUse.SERVER, NOW));
  }

  @Test
  void refusesAPathThatLoops() {
    X509Certificate server = alpha.server("mx.alpha.test");

    assertUntrusted(
        "ends at the pinned root",
        () -> alpha.check(List.of(server, alpha.ca, alpha.ca), CertificateUse.SERVER, NOW));
    assertUntrusted(
        "another", () -> alpha.check(List.of(alpha.ca, alpha.ca), CertificateUse.SERVER, NOW));
  }

  @Test
  void refusesALeafWithoutItsCa() {
    assertUntrusted(
        "not a chain of 3",
        () -> alpha.check(List.of(alpha.server("mx.alpha.test")), CertificateUse.SERVER, NOW));
  }

  @Test
  void refusesALeafThatTheRootIssuedItself() {
    X509Certificate server =
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .issuedBy(alpha.root, alpha.rootKeys)
            .sign();

    assertUntrusted(
        "another", () -> alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, NOW));
    assertUntrusted(
        "not a chain of 3",
        () -> alpha.check(List.of(server, alpha.root), CertificateUse.SERVER, NOW));
  }

  @Test
  void refusesASelfMadeCertificate() {
    KeyPair own = P256.generate(RANDOM);
    X509Certificate self =
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .key(own.getPublic())
            .signer(own.getPrivate(), "SHA256withECDSA")
            .sign();

    assertUntrusted(
        "did not sign", () -> alpha.check(List.of(self, alpha.ca), CertificateUse.SERVER, NOW));
  }

  @Test
  void refusesAChainUnderAnotherRoot() {
    X509Certificate server = beta.server("mx.beta.test");

    assertUntrusted(
        "another",
        () ->
            CertificateChecker.check(
                List.of(server, beta.ca),
                alpha.root,
                beta.listed(),
                CertificateUse.SERVER,
                beta.domain,
                NOW));
  }

  @Test
  void refusesARootOfTheSameNameWithAnotherKey() {
    TestAuthority twin = new TestAuthority("alpha.test");

    assertUntrusted(
        "key identifier",
        () ->
            CertificateChecker.check(
                List.of(alpha.server("mx.alpha.test"), alpha.ca),
                twin.root,
                alpha.listed(),
                CertificateUse.SERVER,
                alpha.domain,
                NOW));
  }

  @Test
  void refusesAnIssuerOfAnotherName() {
    X509Certificate server =
        ForgedCertificate.of(CertificateUse.SERVER, alpha).issuer(new X500Name("CN=other")).sign();

    assertUntrusted(
        "issuer's name", () -> alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, NOW));
  }

  @Test
  void refusesACaThatTheRootStatementDoesNotList() {
    assertRefused(
        RefusalCode.CERTIFICATE_UNLISTED,
        "does not list",
        () ->
            CertificateChecker.check(
                List.of(alpha.server("mx.alpha.test"), alpha.ca),
                alpha.root,
                Set.of(Digest.sha256(Bytes.utf8("another CA"))),
                CertificateUse.SERVER,
                alpha.domain,
                NOW));
  }

  @Test
  void refusesACaThatProlongsItselfWithItsOwnKey() {
    X509Certificate prolonged =
        ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
            .key(alpha.caKeys.getPublic())
            .signer(alpha.caKeys.getPrivate(), "SHA256withECDSA")
            .sign();

    assertUntrusted(
        "did not sign", () -> alpha.check(List.of(prolonged), CertificateUse.OPERATIONAL_CA, NOW));
  }

  @Test
  void refusesAnAlteredCertificate() {
    byte[] altered = CertificateCodec.encode(alpha.leaf(CertificateUse.SIGNING)).toByteArray();
    int inTheSubject = new String(altered, StandardCharsets.ISO_8859_1).indexOf("Keypost record");
    altered[inTheSubject] ^= 1;

    assertUntrusted(
        "did not sign",
        () ->
            alpha.check(
                List.of(ForgedCertificate.platform(Bytes.copyOf(altered)), alpha.ca),
                CertificateUse.SIGNING,
                NOW));
  }
}
