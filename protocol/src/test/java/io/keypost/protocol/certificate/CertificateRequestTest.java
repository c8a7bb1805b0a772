package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.CertificateCheck.assertRefused;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import java.security.KeyPair;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** KP-CRT-8: requests. */
class CertificateRequestTest {
  private final MailDomain alpha = MailDomain.parse("alpha.test");
  private final KeyPair keys = P256.generate(RANDOM);

  @ParameterizedTest
  @EnumSource(CertificateUse.class)
  void saysForWhomWhatForAndWhichKey(CertificateUse use) {
    CertificateRequest made = CertificateRequest.make(alpha, use, keys, RANDOM);

    CertificateRequest read = CertificateRequest.fromPem(made.toPem());

    assertThat(read).isEqualTo(made);
    assertThat(read.domain()).isEqualTo(alpha);
    assertThat(read.use()).isEqualTo(use);
    assertThat(read.publicKey()).isEqualTo(keys.getPublic());
  }

  @Test
  void refusesARequestThatAnotherKeySigned() throws Exception {
    CertificationRequest ours = structure(keys);
    CertificationRequest others = structure(P256.generate(RANDOM));
    Bytes mixed =
        Bytes.copyOf(
            new CertificationRequest(
                    ours.getCertificationRequestInfo(),
                    ours.getSignatureAlgorithm(),
                    new DERBitString(others.getSignature().getOctets()))
                .getEncoded(ASN1Encoding.DER));

    assertRefused(
        RefusalCode.PROOF_INVALID, "not signed by the key", () -> CertificateRequest.parse(mixed));
  }

  @Test
  void refusesARequestWithoutNames() throws Exception {
    Bytes bare =
        Bytes.copyOf(
            new PKCS10CertificationRequestBuilder(
                    new X500Name("CN=alpha.test"),
                    SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded());

    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED, "not for whom", () -> CertificateRequest.parse(bare));
  }

  @Test
  void refusesAnotherDigestAndWhatIsNoRequest() throws Exception {
    Bytes sha512 =
        Bytes.copyOf(
            new PKCS10CertificationRequestBuilder(
                    new X500Name("CN=alpha.test"),
                    SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
                .build(new JcaContentSignerBuilder("SHA512withECDSA").build(keys.getPrivate()))
                .getEncoded());
    for (Bytes bad :
        List.of(
            sha512,
            Bytes.empty(),
            Bytes.utf8("nonsense"),
            Bytes.copyOf(new byte[CertificateRequest.MAX_OCTETS + 1]))) {
      assertRefused(RefusalCode.CERTIFICATE_MALFORMED, "", () -> CertificateRequest.parse(bad));
    }
  }

  private CertificationRequest structure(KeyPair pair) {
    return CertificationRequest.getInstance(
        CertificateRequest.make(alpha, CertificateUse.SERVER, pair, RANDOM).der().toByteArray());
  }
}
