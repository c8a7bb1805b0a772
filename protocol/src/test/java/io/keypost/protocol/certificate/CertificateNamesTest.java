package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.TestAuthority.NOW;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names, and the constraints that a CA puts on them: KP-CRT-2, KP-CRT-5, KP-CRT-7; threats T16,
 * T40.
 */
class CertificateNamesTest extends CertificateCheck {

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
}
