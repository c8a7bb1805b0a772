package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;

/** Certificates of two domains, and what it means that a check refuses one. */
abstract class CertificateCheck {
  final TestAuthority alpha = new TestAuthority("alpha.test");
  final TestAuthority beta = new TestAuthority("beta.test");

  static NameConstraints permitted(String dns, String uri) {
    return new NameConstraints(
        new GeneralSubtree[] {
          new GeneralSubtree(new GeneralName(GeneralName.dNSName, dns)),
          new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, uri))
        },
        null);
  }

  void assertWrongUse(String detail, ForgedCertificate server) {
    assertRefusedServer(RefusalCode.CERTIFICATE_WRONG_USE, detail, server);
  }

  void assertRefusedServer(RefusalCode code, String detail, ForgedCertificate server) {
    X509Certificate leaf = server.sign();
    assertRefused(
        code, detail, () -> alpha.check(List.of(leaf, alpha.ca), CertificateUse.SERVER, NOW));
  }

  /** A CA that the root did sign and a root statement does list, so that only its form is wrong. */
  void assertRefusedCa(RefusalCode code, String detail, ForgedCertificate forged) {
    X509Certificate ca = forged.key(alpha.caKeys.getPublic()).sign();
    X509Certificate server = alpha.server("mx.alpha.test");
    Set<Digest> listed = Set.of(CertificateDigests.certificate(ca));
    assertRefused(
        code,
        detail,
        () ->
            CertificateChecker.check(
                List.of(server, ca), alpha.root, listed, CertificateUse.SERVER, alpha.domain, NOW));
  }

  static void assertUntrusted(String detail, ThrowingCallable attempt) {
    assertRefused(RefusalCode.CERTIFICATE_UNTRUSTED, detail, attempt);
  }

  static void assertRefused(RefusalCode code, String detail, ThrowingCallable attempt) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(attempt)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.refusal().detail()).contains(detail));
  }
}
