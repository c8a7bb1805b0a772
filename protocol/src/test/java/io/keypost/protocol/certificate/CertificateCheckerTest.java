package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each way in which a certificate can be wrong (T16, T40), one at a time. The sections cite what
 * they test.
 */
class CertificateCheckerTest {
  private final TestAuthority alpha = new TestAuthority("alpha.test");
  private final TestAuthority beta = new TestAuthority("beta.test");

  // KP-CRT-3, KP-CRT-4: the chain.

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

  // KP-CRT-2: the use.

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

  // KP-CRT-5: name constraints.

  @Test
  void refusesACaWithoutNameConstraintsOrWithUncriticalOnes() {
    assertRefusedCa(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "name constraints",
        ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
            .without(Extension.nameConstraints));
    assertRefusedCa(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "name constraints",
        ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
            .with(Extension.nameConstraints, permitted("alpha.test", "alpha.test")));
  }

  @ParameterizedTest
  @CsvSource({"test,alpha.test", "alpha.test,.test", "'',alpha.test", "alpha.test,beta.test"})
  void refusesACaWithWiderNameConstraints(String dns, String uri) {
    assertRefusedCa(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "name constraints",
        ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
            .critical(Extension.nameConstraints, permitted(dns, uri)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mx.beta.test", "alpha.test.beta.test", "notalpha.test", "mx.test"})
  void refusesAHostOutsideOfTheNameConstraints(String host) {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_UNTRUSTED,
        "outside of alpha.test",
        ForgedCertificate.of(CertificateUse.SERVER, alpha).hosts("mx.alpha.test", host));
  }

  // KP-CRT-2, KP-CRT-7: names.

  @Test
  void refusesACertificateOfAnotherDomainUnderTheSameRoot() {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_WRONG_NAME,
        "a certificate of beta.test",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .names(ForgedCertificate.uri("keypost://beta.test/server")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*.alpha.test",
        "mx.alpha.test.",
        "MX.alpha.test",
        ".alpha.test",
        "mx..alpha.test",
        "127.0.0.1",
        "mx.alpha.test ",
        "mx%00.alpha.test",
        "alpha"
      })
  void refusesAHostThatIsNoCanonicalName(String host) {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "not canonical",
        ForgedCertificate.of(CertificateUse.SERVER, alpha).hosts(host));
  }

  @Test
  void refusesAnAddressAMailNameAndASecondUri() {
    GeneralName uri = ForgedCertificate.uri("keypost://alpha.test/server");
    for (GeneralName extra :
        List.of(
            new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[] {10, 0, 0, 1})),
            new GeneralName(GeneralName.rfc822Name, "a@alpha.test"),
            new GeneralName(GeneralName.directoryName, "CN=a"),
            ForgedCertificate.uri("keypost://beta.test/server"))) {
      assertRefusedServer(
          RefusalCode.CERTIFICATE_MALFORMED,
          "names",
          ForgedCertificate.of(CertificateUse.SERVER, alpha).names(uri, extra));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keypost://ALPHA.test/server",
        "keypost://alpha.test./server",
        "keypost://alpha.test:443/server",
        "keypost://user@alpha.test/server",
        "keypost://alpha.test/server/",
        "keypost://alpha.test/server?x",
        "keypost://alpha.test/Server",
        "keypost://alpha.test",
        "KEYPOST://alpha.test/server",
        "https://alpha.test/server",
        "keypost:",
        ""
      })
  void refusesAnotherSpellingOfTheUriName(String uri) {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "URI name",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .names(
                ForgedCertificate.uri(uri), new GeneralName(GeneralName.dNSName, "mx.alpha.test")));
  }

  @Test
  void refusesACertificateWithoutNamesOrWithCriticalOnes() {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "no names",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .without(Extension.subjectAlternativeName));
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "no URI name",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .names(new GeneralName(GeneralName.dNSName, "mx.alpha.test")));
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "critical",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .critical(
                Extension.subjectAlternativeName,
                CertificateProfile.names(
                    CertificateUse.SERVER,
                    alpha.domain,
                    List.of(MailDomain.parse("mx.alpha.test")))));
  }

  @Test
  void refusesAServerWithoutHostsAndASignerWithOne() {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_WRONG_NAME,
        "host names belong to servers",
        ForgedCertificate.of(CertificateUse.SERVER, alpha).hosts());
    X509Certificate signing =
        ForgedCertificate.of(CertificateUse.SIGNING, alpha).hosts("mx.alpha.test").sign();
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_NAME,
        "host names belong to servers",
        () -> alpha.check(List.of(signing, alpha.ca), CertificateUse.SIGNING, NOW));
  }

  @Test
  void refusesASubjectThatSaysSomethingElse() {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_WRONG_NAME,
        "subject",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .subject(new X500Name("CN=mx.beta.test")));
  }

  // KP-CRT-6: times.

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

  // KP-CRT-1, KP-CRT-7: form.

  @Test
  void refusesAnUnknownCriticalExtensionAndTakesAnUncriticalOne() {
    ASN1ObjectIdentifier unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "unknown critical extension 1.3.6.1.4.1.99999.1",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .critical(unknown, new DEROctetString(new byte[1])));

    X509Certificate uncritical =
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .with(unknown, new DEROctetString(new byte[1]))
            .sign();
    assertThat(alpha.check(List.of(uncritical, alpha.ca), CertificateUse.SERVER, NOW).domain())
        .isEqualTo(alpha.domain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA1withECDSA", "SHA384withECDSA", "SHA512withECDSA"})
  void refusesAnotherDigestThanSha256(String algorithm) {
    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "something else than ECDSA over SHA-256",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .signer(alpha.caKeys.getPrivate(), algorithm));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256withRSA", "MD5withRSA"})
  void refusesAnRsaSignature(String algorithm) throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);

    assertRefusedServer(
        RefusalCode.CERTIFICATE_MALFORMED,
        "something else than ECDSA over SHA-256",
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .signer(rsa.generateKeyPair().getPrivate(), algorithm));
  }

  @Test
  void refusesAnRsaKeyAndAnotherCurve() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
    p384.initialize(new ECGenParameterSpec("secp384r1"));
    for (KeyPairGenerator generator : List.of(rsa, p384)) {
      assertRefusedServer(
          RefusalCode.CERTIFICATE_MALFORMED,
          "not an uncompressed point of P-256",
          ForgedCertificate.of(CertificateUse.SERVER, alpha)
              .key(generator.generateKeyPair().getPublic()));
    }
  }

  @Test
  void refusesASerialThatIsNotPositiveOrTooLong() {
    for (BigInteger serial :
        List.of(BigInteger.ZERO, BigInteger.ONE.negate(), BigInteger.ONE.shiftLeft(160))) {
      assertRefusedServer(
          RefusalCode.CERTIFICATE_MALFORMED,
          "serial number",
          ForgedCertificate.of(CertificateUse.SERVER, alpha).serial(serial));
    }
  }

  @Test
  void refusesACertificateLargerThan8KiBBeforeItIsParsed() {
    Bytes large =
        ForgedCertificate.of(CertificateUse.SERVER, alpha)
            .with(
                new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.2"),
                new DEROctetString(new byte[CertificateCodec.MAX_CERTIFICATE_OCTETS]))
            .encode();

    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED,
        "larger than 8192",
        () -> CertificateCodec.decode(large));
    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED,
        "larger than 8192",
        () -> CertificateCodec.decode(Bytes.copyOf(new byte[1 << 20])));
  }

  @Test
  void refusesOctetsAfterTheCertificateAndAnotherEncodingOfIt() throws Exception {
    Bytes good = CertificateCodec.encode(alpha.leaf(CertificateUse.SIGNING));

    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED,
        "certificate",
        () -> CertificateCodec.decode(Bytes.concat(good, Bytes.copyOf(new byte[1]))));
    Bytes ber =
        Bytes.copyOf(
            new BERSequence(ASN1Sequence.getInstance(good.toByteArray()).toArray())
                .getEncoded(ASN1Encoding.BER));
    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED, "not in DER", () -> CertificateCodec.decode(ber));
  }

  @Test
  void refusesARootThatAnotherKeySignedOrOfAnotherDomain() {
    X509Certificate forged =
        ForgedCertificate.of(CertificateUse.ROOT, alpha)
            .key(P256.generate(RANDOM).getPublic())
            .sign();
    assertUntrusted(
        "key identifier", () -> CertificateChecker.checkRoot(forged, alpha.domain, NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_NAME,
        "of alpha.test, not of beta.test",
        () -> CertificateChecker.checkRoot(alpha.root, beta.domain, NOW));
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "a certificate for ca",
        () ->
            CertificateChecker.checkRoot(
                ForgedCertificate.of(CertificateUse.OPERATIONAL_CA, alpha)
                    .key(alpha.rootKeys.getPublic())
                    .issuer(CertificateProfile.subject(alpha.domain, CertificateUse.OPERATIONAL_CA))
                    .sign(),
                alpha.domain,
                NOW));
  }

  @Test
  void tellsWhomAPeerClaimsToBeOnlyFromAServerCertificate() {
    assertThat(ServerNames.operatorOf(beta.server("mx.beta.test"))).isEqualTo(beta.domain);
    assertRefused(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "a certificate for receipt",
        () -> ServerNames.operatorOf(beta.leaf(CertificateUse.RECEIPT)));
    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED,
        "without names",
        () ->
            ServerNames.operatorOf(
                ForgedCertificate.of(CertificateUse.SERVER, alpha)
                    .without(Extension.subjectAlternativeName)
                    .sign()));
  }

  private static NameConstraints permitted(String dns, String uri) {
    return new NameConstraints(
        new GeneralSubtree[] {
          new GeneralSubtree(new GeneralName(GeneralName.dNSName, dns)),
          new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, uri))
        },
        null);
  }

  private void assertWrongUse(String detail, ForgedCertificate server) {
    assertRefusedServer(RefusalCode.CERTIFICATE_WRONG_USE, detail, server);
  }

  private void assertRefusedServer(RefusalCode code, String detail, ForgedCertificate server) {
    X509Certificate leaf = server.sign();
    assertRefused(
        code, detail, () -> alpha.check(List.of(leaf, alpha.ca), CertificateUse.SERVER, NOW));
  }

  /** A CA that the root did sign and a root statement does list, so that only its form is wrong. */
  private void assertRefusedCa(RefusalCode code, String detail, ForgedCertificate forged) {
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

  private static void assertUntrusted(String detail, ThrowingCallable attempt) {
    assertRefused(RefusalCode.CERTIFICATE_UNTRUSTED, detail, attempt);
  }

  static void assertRefused(RefusalCode code, String detail, ThrowingCallable attempt) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(attempt)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.refusal().detail()).contains(detail));
  }
}
