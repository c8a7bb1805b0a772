package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** KP-CRT-1, KP-CRT-2, KP-CRT-6: what is issued. */
class CertificateIssuerTest {
  private final TestAuthority alpha = new TestAuthority("alpha.test");

  @ParameterizedTest
  @EnumSource(
      value = CertificateUse.class,
      names = {"SIGNING", "SERVER", "RECEIPT"})
  void issuesWhatTheCheckerAcceptsForItsUse(CertificateUse use) {
    X509Certificate leaf = alpha.leaf(use);

    CheckedCertificate checked = alpha.check(List.of(leaf, alpha.ca), use, NOW);

    assertThat(checked.certificate()).isEqualTo(leaf);
    assertThat(checked.use()).isEqualTo(use);
    assertThat(checked.domain()).isEqualTo(alpha.domain);
    assertThat(checked.digest()).isEqualTo(CertificateDigests.certificate(leaf));
    assertThat(checked.goodUntil()).isEqualTo(leaf.getNotAfter().toInstant());
  }

  @Test
  void issuesARootAndACaThatTheCheckerAccepts() {
    assertThat(CertificateChecker.checkRoot(alpha.root, alpha.domain, NOW).use())
        .isEqualTo(CertificateUse.ROOT);
    assertThat(alpha.check(List.of(alpha.ca), CertificateUse.OPERATIONAL_CA, NOW).certificate())
        .isEqualTo(alpha.ca);
  }

  @Test
  void namesTheHostsOfAServerAndItsOperator() {
    X509Certificate server = alpha.server("mx.alpha.test", "alpha.test", "a.b.alpha.test");

    assertThat(
            alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, NOW).hosts().stream()
                .map(MailDomain::value))
        .containsExactly("mx.alpha.test", "alpha.test", "a.b.alpha.test");
    assertThat(ServerNames.operatorOf(server)).isEqualTo(alpha.domain);
  }

  @Test
  void fitsTheLongestDomainAndSixteenHosts() {
    String label = "a".repeat(61);
    TestAuthority longest =
        new TestAuthority(String.join(".", label, label, label, "b".repeat(48) + ".test"));
    String[] hosts =
        IntStream.range(0, 16).mapToObj(i -> i + "." + longest.domain).toArray(String[]::new);
    X509Certificate server = longest.server(hosts);

    assertThat(longest.domain.value().length()).isGreaterThan(235);
    assertThat(longest.check(List.of(server, longest.ca), CertificateUse.SERVER, NOW).hosts())
        .hasSize(16);
  }

  @Test
  void datesBackByFiveMinutesAtMostAndNeverBeforeItsIssuer() throws Exception {
    assertThat(alpha.root.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));

    X509Certificate immediately = alpha.leaf(CertificateUse.SIGNING);
    assertThat(immediately.getNotBefore()).isEqualTo(alpha.ca.getNotBefore());

    X509Certificate later =
        alpha.issuer.receipt(P256.generate(RANDOM).getPublic(), NOW.plus(Duration.ofDays(3)));
    assertThat(later.getNotBefore().toInstant())
        .isEqualTo(NOW.plus(Duration.ofDays(3)).minus(Duration.ofMinutes(5)));
  }

  @Test
  void letsNothingOutliveItsIssuer() {
    Instant late = alpha.ca.getNotAfter().toInstant().minus(Duration.ofDays(10));

    X509Certificate server =
        alpha.issuer.server(
            List.of(MailDomain.parse("mx.alpha.test")), P256.generate(RANDOM).getPublic(), late);

    assertThat(server.getNotAfter()).isEqualTo(alpha.ca.getNotAfter());
    assertThat(alpha.check(List.of(server, alpha.ca), CertificateUse.SERVER, late).use())
        .isEqualTo(CertificateUse.SERVER);
  }

  @Test
  void refusesToIssueWithAnExpiredCertificate() {
    Instant after = alpha.ca.getNotAfter().toInstant().plusSeconds(1);

    assertRefused(
        RefusalCode.CERTIFICATE_EXPIRED,
        () -> alpha.issuer.signing(P256.generate(RANDOM).getPublic(), after));
  }

  @Test
  void givesEachCertificateAnotherSerialOf128RandomBits() {
    List<X509Certificate> issued =
        Stream.generate(() -> alpha.leaf(CertificateUse.RECEIPT)).limit(20).toList();

    assertThat(issued.stream().map(X509Certificate::getSerialNumber)).doesNotHaveDuplicates();
    assertThat(issued.stream().mapToInt(c -> c.getSerialNumber().bitLength()).max().orElseThrow())
        .isBetween(115, 128);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mx.beta.test", "alpha.test.beta.test", "xalpha.test", "test.invalid"})
  void refusesAHostOutsideOfTheOperatorsDomain(String host) {
    assertRefused(RefusalCode.CERTIFICATE_WRONG_NAME, () -> alpha.server(host));
  }

  @Test
  void refusesAServerWithoutHostsOrWithSeventeen() {
    assertRefused(RefusalCode.CERTIFICATE_WRONG_NAME, () -> alpha.server());
    List<String> many = new ArrayList<>(Collections.nCopies(17, "mx.alpha.test"));
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_NAME, () -> alpha.server(many.toArray(String[]::new)));
  }

  @Test
  void issuesOnlyWhatTheIssuersUsePermits() {
    CertificateIssuer root = new CertificateIssuer(alpha.root, alpha.rootKeys.getPrivate(), RANDOM);

    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        () -> root.signing(P256.generate(RANDOM).getPublic(), NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        () -> alpha.issuer.operationalCa(P256.generate(RANDOM).getPublic(), NOW));
    var keys = P256.generate(RANDOM);
    X509Certificate signing = alpha.issuer.signing(keys.getPublic(), NOW);
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        () -> new CertificateIssuer(signing, keys.getPrivate(), RANDOM));
  }

  @Test
  void refusesAKeyThatIsNotTheIssuers() {
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        () -> new CertificateIssuer(alpha.ca, alpha.rootKeys.getPrivate(), RANDOM));
  }

  @Test
  void marksAsCriticalAllThatLimits() {
    assertThat(alpha.root.getCriticalExtensionOIDs()).isEqualTo(Set.of("2.5.29.19", "2.5.29.15"));
    assertThat(alpha.ca.getCriticalExtensionOIDs())
        .isEqualTo(Set.of("2.5.29.19", "2.5.29.15", "2.5.29.30"));
    assertThat(alpha.leaf(CertificateUse.SERVER).getCriticalExtensionOIDs())
        .isEqualTo(Set.of("2.5.29.19", "2.5.29.15", "2.5.29.37"));
    assertThat(alpha.root.getBasicConstraints()).isEqualTo(1);
    assertThat(alpha.ca.getBasicConstraints()).isZero();
    assertThat(alpha.leaf(CertificateUse.SIGNING).getBasicConstraints()).isEqualTo(-1);
  }

  private static void assertRefused(
      RefusalCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable attempt) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(attempt)
        .extracting(RefusedException::code)
        .isEqualTo(code);
  }
}
