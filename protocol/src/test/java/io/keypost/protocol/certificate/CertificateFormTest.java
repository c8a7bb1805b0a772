package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a certificate looks like: KP-CRT-1, KP-CRT-7; threats T21, T40. */
class CertificateFormTest extends CertificateCheck {

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
}
