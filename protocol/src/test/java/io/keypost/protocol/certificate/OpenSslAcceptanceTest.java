package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What this package writes, another implementation reads, and what it refuses the other refuses as
 * well (KP-CRT-3, KP-CRT-5, KP-CRT-6, KP-CRT-7; T16, T40): OpenSSL, where the machine has it.
 */
class OpenSslAcceptanceTest {
  @TempDir Path folder;
  private final TestAuthority alpha = new TestAuthority("alpha.test");

  @BeforeEach
  void sayAloudWhenThereIsNoOpenSsl() {
    OpenSsl.assumePresent();
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateUse.class,
      names = {"SIGNING", "SERVER", "RECEIPT"})
  void acceptsAChainOfEachUse(CertificateUse use) throws Exception {
    assertThat(verify(alpha.leaf(use))).endsWith("leaf.pem: OK");
  }

  @Test
  void acceptsAServerForItsHostAndForBothSidesOfTls() throws Exception {
    X509Certificate server = alpha.server("mx.alpha.test", "alpha.test");

    assertThat(verify(server, "-purpose", "sslserver", "-verify_hostname", "mx.alpha.test"))
        .endsWith("leaf.pem: OK");
    assertThat(verify(server, "-purpose", "sslclient")).endsWith("leaf.pem: OK");
    assertThat(verify(server, "-verify_hostname", "mx.beta.test")).contains("hostname mismatch");
  }

  @Test
  void refusesASignerOfRecordsAsAServer() throws Exception {
    assertThat(verify(alpha.leaf(CertificateUse.SIGNING), "-purpose", "sslserver"))
        .contains("certificate purpose")
        .doesNotContain(": OK");
  }

  /**
   * A chain that both must refuse.
   *
   * @param what is wrong with it
   * @param says what OpenSSL says of it
   * @param untrusted the certificates between leaf and root
   */
  private record Wrong(
      String what,
      String says,
      X509Certificate leaf,
      List<X509Certificate> untrusted,
      X509Certificate root,
      Instant now) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Wrong> wrongChains() {
    TestAuthority alpha = new TestAuthority("alpha.test");
    X509Certificate server = alpha.server("mx.alpha.test");
    KeyPair own = P256.generate(RANDOM);
    Instant ended = server.getNotAfter().toInstant().plusSeconds(1);
    X509Certificate lower =
        ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
            .key(own.getPublic())
            // Of the CA's own name it would count as the CA itself, renewed.
            .subject(new X500Name("CN=a CA below the CA"))
            .issuedBy(alpha.ca, alpha.caKeys)
            .sign();
    X509Certificate serverWithKey =
        ForgedCertificate.of(CertificateUse.SERVER, alpha).key(own.getPublic()).sign();
    return Stream.of(
        wrong(
            "no CA between leaf and root", "unable to get local issuer", server, List.of(), alpha),
        new Wrong(
            "a root of the same name with another key",
            "unable to get",
            server,
            List.of(alpha.ca),
            new TestAuthority("alpha.test").root,
            NOW),
        wrong("one octet altered", "certificate signature failure", altered(alpha), alpha),
        wrong(
            "signed by its own key",
            "certificate signature failure",
            ForgedCertificate.of(CertificateUse.SERVER, alpha)
                .key(own.getPublic())
                .signer(own.getPrivate(), "SHA256withECDSA")
                .sign(),
            alpha),
        wrong(
            "issued by a server",
            "invalid CA certificate",
            ForgedCertificate.of(CertificateUse.SERVER, alpha).issuedBy(serverWithKey, own).sign(),
            List.of(serverWithKey, alpha.ca),
            alpha),
        wrong(
            "issued by a CA below the CA",
            "path length constraint exceeded",
            ForgedCertificate.of(CertificateUse.SERVER, alpha).issuedBy(lower, own).sign(),
            List.of(lower, alpha.ca),
            alpha),
        new Wrong("past its life", "has expired", server, List.of(alpha.ca), alpha.root, ended),
        new Wrong(
            "before its time",
            "not yet valid",
            server,
            List.of(alpha.ca),
            alpha.root,
            NOW.minus(Duration.ofHours(1))),
        wrong(
            "an unknown critical extension",
            "unhandled critical extension",
            ForgedCertificate.of(CertificateUse.SERVER, alpha)
                .critical(new ASN1ObjectIdentifier("1.2.3.4.5"), DERNull.INSTANCE)
                .sign(),
            alpha),
        wrong(
            "a host of another domain",
            "permitted subtree violation",
            ForgedCertificate.of(CertificateUse.SERVER, alpha).hosts("mx.beta.test").sign(),
            alpha),
        wrong(
            "a host whose name only ends alike",
            "permitted subtree violation",
            ForgedCertificate.of(CertificateUse.SERVER, alpha).hosts("mx.notalpha.test").sign(),
            alpha),
        wrong(
            "a URI name of another domain",
            "permitted subtree violation",
            ForgedCertificate.of(CertificateUse.SERVER, alpha)
                .names(ForgedCertificate.uri("keypost://beta.test/server"))
                .sign(),
            alpha),
        wrong(
            "signed over SHA-1",
            "too weak",
            ForgedCertificate.of(CertificateUse.SERVER, alpha)
                .signer(alpha.caKeys.getPrivate(), "SHA1withECDSA")
                .sign(),
            alpha));
  }

  @ParameterizedTest
  @MethodSource("wrongChains")
  void refusesEveryWrongChainAsThisPackageDoes(Wrong wrong) throws Exception {
    List<X509Certificate> chain =
        Stream.concat(Stream.of(wrong.leaf()), wrong.untrusted().stream()).toList();
    Set<Digest> listed =
        wrong.untrusted().stream()
            .map(CertificateDigests::certificate)
            .collect(Collectors.toUnmodifiableSet());

    assertThat(
            new OpenSsl(folder).verify(wrong.leaf(), wrong.untrusted(), wrong.root(), wrong.now()))
        .contains(wrong.says())
        .contains("verification failed");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(
            () ->
                CertificateChecker.check(
                    chain,
                    wrong.root(),
                    listed,
                    CertificateUse.SERVER,
                    MailDomain.parse("alpha.test"),
                    wrong.now()));
  }

  @Test
  void readsInACaWhatTheProfileSays() throws Exception {
    assertThat(text(alpha.ca))
        .contains("X509v3 Basic Constraints: critical\nCA:TRUE, pathlen:0")
        .contains("X509v3 Key Usage: critical\nCertificate Sign")
        .contains("X509v3 Name Constraints: critical\nPermitted:\nDNS:alpha.test\nURI:alpha.test")
        .contains("URI:keypost://alpha.test/ca")
        .contains("ASN1 OID: prime256v1")
        .contains("Signature Algorithm: ecdsa-with-SHA256");
  }

  @Test
  void readsInAServerWhatTheProfileSays() throws Exception {
    assertThat(text(alpha.server("mx.alpha.test")))
        .contains("X509v3 Basic Constraints: critical\nCA:FALSE")
        .contains("X509v3 Key Usage: critical\nDigital Signature\n")
        .contains(
            "X509v3 Extended Key Usage: critical\n"
                + "TLS Web Server Authentication, TLS Web Client Authentication")
        .contains("URI:keypost://alpha.test/server, DNS:mx.alpha.test")
        .contains("Subject: DC=test, DC=alpha, CN=Keypost server");
  }

  @Test
  void verifiesARequest() throws Exception {
    KeyPair keys = P256.generate(RANDOM);
    OpenSsl openSsl = new OpenSsl(folder);
    String file =
        openSsl.write(
            "request.pem",
            CertificateRequest.make(alpha.domain, CertificateUse.OPERATIONAL_CA, keys, RANDOM)
                .toPem());

    assertThat(openSsl.run("req", "-in", file, "-noout", "-verify", "-text"))
        .contains("verify OK")
        .contains("URI:keypost://alpha.test/ca");
  }

  @Test
  void opensAKeyUnderAPassphrase() throws Exception {
    KeyPair keys = P256.generate(RANDOM);
    OpenSsl openSsl = new OpenSsl(folder);
    String file =
        openSsl.write(
            "key.pem",
            KeyProtection.protect(keys.getPrivate(), "korrekt höst".toCharArray(), RANDOM));

    assertThat(openSsl.run("pkey", "-in", file, "-passin", "pass:korrekt höst", "-pubout"))
        .contains(P256.toPem(keys.getPublic()).strip());
  }

  private String verify(X509Certificate leaf, String... options) throws Exception {
    return new OpenSsl(folder).verify(leaf, List.of(alpha.ca), alpha.root, NOW, options);
  }

  /** What OpenSSL prints of a certificate, without its indentation. */
  private String text(X509Certificate certificate) throws Exception {
    OpenSsl openSsl = new OpenSsl(folder);
    String file = openSsl.write("shown.pem", CertificateCodec.toPem(certificate));
    return openSsl
        .run("x509", "-in", file, "-noout", "-text")
        .lines()
        // Versions differ in the space around the sign.
        .map(line -> line.strip().replace(" = ", "="))
        .collect(Collectors.joining("\n"));
  }

  private static Wrong wrong(
      String what, String says, X509Certificate leaf, TestAuthority authority) {
    return wrong(what, says, leaf, List.of(authority.ca), authority);
  }

  private static Wrong wrong(
      String what,
      String says,
      X509Certificate leaf,
      List<X509Certificate> untrusted,
      TestAuthority authority) {
    return new Wrong(what, says, leaf, untrusted, authority.root, NOW);
  }

  private static X509Certificate altered(TestAuthority authority) {
    byte[] altered = CertificateCodec.encode(authority.server("mx.alpha.test")).toByteArray();
    int inTheSubject = new String(altered, StandardCharsets.ISO_8859_1).indexOf("Keypost server");
    altered[inTheSubject] ^= 1;
    return ForgedCertificate.platform(Bytes.copyOf(altered));
  }
}
