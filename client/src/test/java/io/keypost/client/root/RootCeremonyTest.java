package io.keypost.client.root;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootCeremonyTest {
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String PASSPHRASE = "correct horse";

  @TempDir private Path directory;

  @Test
  void signsACaThatChecksUnderTheStatementItSigned() {
    RootCeremony.Root root = ceremony().create(ALPHA, PASSPHRASE.toCharArray());
    Authority authority =
        sign(request(ALPHA, CertificateUse.OPERATIONAL_CA), CaHandover.KEEP_OTHERS);

    X509Certificate certificate = CertificateCodec.fromPem(authority.rootCertificate());
    RootStatement statement =
        RecordVerifier.verifyStatement(
                authority.rootStatement(), certificate, root.key(), ALPHA, NOW)
            .record();
    assertThat(statement.gen()).isEqualTo(1);
    assertThat(authority.rootKey()).isEqualTo(CertificateDigests.spki(certificate));
    CertificateChecker.check(
        List.of(CertificateCodec.fromPem(authority.caCertificate())),
        certificate,
        Set.copyOf(statement.operationalCas()),
        CertificateUse.OPERATIONAL_CA,
        ALPHA,
        NOW);
  }

  @Test
  void everyStatementRaisesGenAndKeepsTheOtherCasUnlessToldNotTo() {
    ceremony().create(ALPHA, PASSPHRASE.toCharArray());
    sign(request(ALPHA, CertificateUse.OPERATIONAL_CA), CaHandover.KEEP_OTHERS);
    Authority second = sign(request(ALPHA, CertificateUse.OPERATIONAL_CA), CaHandover.KEEP_OTHERS);
    Authority third = sign(request(ALPHA, CertificateUse.OPERATIONAL_CA), CaHandover.ONLY_THIS);

    assertThat(statement(second).gen()).isEqualTo(2);
    assertThat(statement(second).operationalCas()).hasSize(2);
    assertThat(statement(third).gen()).isEqualTo(3);
    assertThat(statement(third).operationalCas())
        .containsExactly(
            CertificateDigests.certificate(CertificateCodec.fromPem(third.caCertificate())));
    assertThat(ceremony().show().gen()).isEqualTo(3);
  }

  @Test
  void refusesRequestsOfOthersAndForOtherUses() {
    ceremony().create(ALPHA, PASSPHRASE.toCharArray());
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_NAME,
        () ->
            sign(
                request(MailDomain.parse("beta.test"), CertificateUse.OPERATIONAL_CA),
                CaHandover.KEEP_OTHERS));
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        () -> sign(request(ALPHA, CertificateUse.SERVER), CaHandover.KEEP_OTHERS));
  }

  @Test
  void refusesAnotherPassphraseAndASecondRoot() {
    ceremony().create(ALPHA, PASSPHRASE.toCharArray());
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        () ->
            ceremony()
                .sign(
                    request(ALPHA, CertificateUse.OPERATIONAL_CA),
                    "another".toCharArray(),
                    CaHandover.KEEP_OTHERS));
    assertRefused(RefusalCode.CONFLICT, () -> ceremony().create(ALPHA, PASSPHRASE.toCharArray()));
    assertThat(ceremony().show().gen()).isZero();
  }

  @Test
  void filesAreForTheirOwnerOnlyAndTheKeyIsEncrypted() throws IOException {
    ceremony().create(ALPHA, PASSPHRASE.toCharArray());
    sign(request(ALPHA, CertificateUse.OPERATIONAL_CA), CaHandover.KEEP_OTHERS);
    try (var files = Files.list(root())) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
    assertThat(Files.readString(root().resolve("root.key"))).contains("ENCRYPTED PRIVATE KEY");
  }

  private RootStatement statement(Authority authority) {
    X509Certificate certificate = CertificateCodec.fromPem(authority.rootCertificate());
    return RecordVerifier.verifyStatement(
            authority.rootStatement(), certificate, authority.rootKey(), ALPHA, NOW)
        .record();
  }

  private Authority sign(String request, CaHandover handover) {
    return ceremony().sign(request, PASSPHRASE.toCharArray(), handover);
  }

  private static String request(MailDomain domain, CertificateUse use) {
    return CertificateRequest.make(domain, use, P256.generate(RANDOM), RANDOM).toPem();
  }

  private RootCeremony ceremony() {
    return new RootCeremony(root(), InstantSource.fixed(NOW), RANDOM);
  }

  private Path root() {
    return directory.resolve("root");
  }

  private static void assertRefused(RefusalCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
