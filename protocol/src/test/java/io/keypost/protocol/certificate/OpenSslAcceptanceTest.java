package io.keypost.protocol.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What this package writes, another implementation reads: OpenSSL, where the machine has it. */
class OpenSslAcceptanceTest {
  private static final long DEADLINE_SECONDS = 30;

  @TempDir Path folder;
  private final TestAuthority alpha = new TestAuthority("alpha.test");

  @BeforeEach
  void sayAloudWhenThereIsNoOpenSsl() {
    boolean present =
        List.of(System.getenv("PATH").split(":")).stream()
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl")));
    if (!present) {
      System.out.println("SKIPPED: no openssl on the PATH, so nothing was compared with it");
    }
    assumeTrue(present, "no openssl on the PATH");
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateUse.class,
      names = {"SIGNING", "SERVER", "RECEIPT"})
  void acceptsAChainOfEachUse(CertificateUse use) throws Exception {
    assertThat(verify(alpha.leaf(use), alpha)).endsWith("leaf.pem: OK");
  }

  @Test
  void acceptsAServerForItsHostAndForBothSidesOfTls() throws Exception {
    X509Certificate server = alpha.server("mx.alpha.test", "alpha.test");

    assertThat(verify(server, alpha, "-purpose", "sslserver", "-verify_hostname", "mx.alpha.test"))
        .endsWith("leaf.pem: OK");
    assertThat(verify(server, alpha, "-purpose", "sslclient")).endsWith("leaf.pem: OK");
    assertThat(verify(server, alpha, "-verify_hostname", "mx.beta.test"))
        .contains("hostname mismatch");
  }

  @Test
  void refusesAServerOfAnotherDomainByTheNameConstraints() throws Exception {
    X509Certificate forged =
        ForgedCertificate.of(CertificateUse.SERVER, alpha).hosts("mx.beta.test").sign();

    assertThat(verify(forged, alpha)).contains("permitted subtree violation");
  }

  @Test
  void verifiesARequest() throws Exception {
    KeyPair keys = P256.generate(TestAuthority.RANDOM);
    Path file =
        write(
            "request.pem",
            CertificateRequest.make(
                    alpha.domain, CertificateUse.OPERATIONAL_CA, keys, TestAuthority.RANDOM)
                .toPem());

    assertThat(openssl("req", "-in", file.toString(), "-noout", "-verify", "-text"))
        .contains("verify OK")
        .contains("URI:keypost://alpha.test/ca");
  }

  @Test
  void opensAKeyUnderAPassphrase() throws Exception {
    KeyPair keys = P256.generate(TestAuthority.RANDOM);
    Path file =
        write(
            "key.pem",
            KeyProtection.protect(
                keys.getPrivate(), "korrekt höst".toCharArray(), TestAuthority.RANDOM));

    assertThat(openssl("pkey", "-in", file.toString(), "-passin", "pass:korrekt höst", "-pubout"))
        .contains(P256.toPem(keys.getPublic()).strip());
  }

  private String verify(X509Certificate leaf, TestAuthority authority, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("verify", "-x509_strict", "-attime"));
    arguments.add(Long.toString(TestAuthority.NOW.getEpochSecond()));
    arguments.addAll(List.of(options));
    arguments.addAll(
        List.of(
            "-CAfile",
            write("root.pem", CertificateCodec.toPem(authority.root)).toString(),
            "-untrusted",
            write("ca.pem", CertificateCodec.toPem(authority.ca)).toString(),
            write("leaf.pem", CertificateCodec.toPem(leaf)).toString()));
    return openssl(arguments.toArray(String[]::new));
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.UTF_8).strip();
  }
}
