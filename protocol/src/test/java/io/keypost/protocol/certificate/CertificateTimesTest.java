package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.refusal.RefusalCode;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a certificate is good: KP-CRT-6; threats T16, T24. */
class CertificateTimesTest extends CertificateCheck {

  @Test
  void refusesACertificatePastItsLife() {
    X509Certificate server = alpha.server("mx.alpha.test");
    Instant end = server.getNotAfter().toInstant();

    assertThat(alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, end).goodUntil())
        .isEqualTo(end);
    assertRefused(
        RefusalCode.CERTIFICATE_EXPIRED,
        "for server expired at",
        () -> alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, end.plusSeconds(1)));
  }

  @Test
  void refusesACertificateWhoseCaIsPastItsLife() {
    Instant late = alpha.ca.getNotAfter().toInstant().plusSeconds(1);
    X509Certificate server =
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .valid(late.minusSeconds(60), late.plusSeconds(60))
            .sign();

    assertRefused(
        RefusalCode.CERTIFICATE_EXPIRED,
        "for ca expired at",
        () -> alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, late));
  }

  @Test
  void refusesACertificateThatIsNotValidYetAndNamesBothClocks() {
    X509Certificate server =
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .valid(NOW.plusSeconds(60), NOW.plusSeconds(120))
            .sign();

    assertRefused(
        RefusalCode.CERTIFICATE_NOT_YET_VALID,
        "from 2026-11-24T12:01:00Z, and this clock says 2026-11-24T12:00:00Z",
        () -> alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, NOW));
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateUse.class,
      names = {"SIGNING", "SERVER", "RECEIPT"})
  void refusesACertificateThatLivesLongerThanItsUseDoes(CertificateUse use) {
    X509Certificate leaf =
        ForgedCertificate.of(use, alpha)
            .valid(NOW, NOW.plus(use.life()).plus(Duration.ofMinutes(5)).plusSeconds(1))
            .sign();

    assertUntrusted("lives too long", () -> alpha.check(List.of(leaf, alpha.ca), use, NOW));
  }
}
