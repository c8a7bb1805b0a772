package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;

import io.keypost.protocol.refusal.RefusalCode;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A certificate is good for one use only: KP-CRT-2; threat T16. */
class CertificateUseTest extends CertificateCheck {

  @ParameterizedTest
  @CsvSource({
    "SERVER,SIGNING", "SERVER,RECEIPT", "SIGNING,SERVER",
    "SIGNING,RECEIPT", "RECEIPT,SIGNING", "RECEIPT,SERVER"
  })
  void refusesACertificateOfOneUseForAnother(CertificateUse issued, CertificateUse wanted) {
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "a certificate for " + issued.path(),
        () -> alpha.check(List.of(alpha.leaf(issued), alpha.ca), wanted, NOW));
  }

  @Test
  void refusesALeafInThePlaceOfACa() {
    X509Certificate signing =
        ForgedCertificate.of(CertificateUse.SIGNING, alpha)
            .issuedBy(alpha.root, alpha.rootKeys)
            .sign();

    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "a certificate for signing",
        () ->
            CertificateChecker.check(
                List.of(signing),
                alpha.root,
                Set.of(CertificateDigests.certificate(signing)),
                CertificateUse.OPERATIONAL_CA,
                alpha.domain,
                NOW));
  }

  @Test
  void refusesALeafThatMayIssue() {
    assertWrongUse(
        "basic constraints",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .critical(Extension.basicConstraints, new BasicConstraints(0)));
  }

  @Test
  void refusesALeafWithoutBasicConstraintsOrWithUncriticalOnes() {
    assertWrongUse(
        "basic constraints",
        ForgedCertificate.of(CertificateUse.SERVER, alpha).without(Extension.basicConstraints));
    assertWrongUse(
        "basic constraints",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .with(Extension.basicConstraints, new BasicConstraints(false)));
  }

  @Test
  void refusesAnotherKeyUsage() {
    assertWrongUse(
        "key usage",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .critical(
                Extension.keyUsage,
                new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)));
    assertWrongUse(
        "key usage",
        ForgedCertificate.of(CertificateUse.SERVER, alpha).without(Extension.keyUsage));
  }

  @Test
  void refusesAnotherExtendedKeyUsageThanThatOfTheName() {
    assertWrongUse(
        "extended key usage",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .critical(
                Extension.extendedKeyUsage,
                new ExtendedKeyUsage(
                    CertificateUse.SIGNING.purposes().toArray(KeyPurposeId[]::new))));
    assertWrongUse(
        "extended key usage",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .critical(
                Extension.extendedKeyUsage,
                new ExtendedKeyUsage(
                    new KeyPurposeId[] {
                      KeyPurposeId.id_kp_serverAuth,
                      KeyPurposeId.id_kp_clientAuth,
                      KeyPurposeId.anyExtendedKeyUsage
                    })));
    assertWrongUse(
        "extended key usage",
        ForgedCertificate.of(CertificateUse.SERVER, alpha).without(Extension.extendedKeyUsage));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void refusesACaWhosePathMayBeLonger(int pathLength) {
    assertRefusedCa(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "basic constraints",
        ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
            .critical(Extension.basicConstraints, new BasicConstraints(pathLength)));
  }
}
