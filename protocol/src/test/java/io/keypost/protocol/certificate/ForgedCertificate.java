package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Begins as the certificate that an honest issuer makes, and is then wrong in one chosen way. */
final class ForgedCertificate {
  private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
  private final MailDomain domain;
  private final CertificateUse use;
  private X500Name issuer;
  private X500Name subject;
  private SubjectPublicKeyInfo key = info(P256.generate(TestAuthority.RANDOM).getPublic());
  private PrivateKey signer;
  private String algorithm = "SHA256withECDSA";
  private BigInteger serial = BigInteger.TEN;
  private Instant notBefore = TestAuthority.NOW.minusSeconds(60);
  private Instant notAfter;

  private ForgedCertificate(
      CertificateUse use, MailDomain domain, X509Certificate issuer, PrivateKey signer) {
    this.use = use;
    this.domain = domain;
    this.signer = signer;
    ParsedCertificate parsed = ParsedCertificate.parse(CertificateCodec.encode(issuer));
    this.issuer = parsed.subject();
    subject = CertificateProfile.subject(domain, use);
    notAfter = TestAuthority.NOW.plus(use.life()).minusSeconds(60);
    CertificateProfile.settled(use, domain).forEach(this::put);
    hosts(use == CertificateUse.SERVER ? new String[] {"mx." + domain} : new String[0]);
    with(Extension.subjectKeyIdentifier, CertificateProfile.keyIdentifier(key));
    with(
        Extension.authorityKeyIdentifier,
        CertificateProfile.issuerIdentifier(parsed.holder().getSubjectPublicKeyInfo()));
  }

  /** Signed by the honest issuer's key: as if that key was stolen, or its holder dishonest. */
  static ForgedCertificate of(CertificateUse use, TestAuthority authority) {
    boolean byRoot = use.issuerUse() == CertificateUse.ROOT;
    return new ForgedCertificate(
        use,
        authority.domain,
        byRoot ? authority.root : authority.ca,
        (byRoot ? authority.rootKeys : authority.caKeys).getPrivate());
  }

  /** As if this issuer had issued it. */
  ForgedCertificate issuedBy(X509Certificate issuer, KeyPair keys) {
    ParsedCertificate parsed = ParsedCertificate.parse(CertificateCodec.encode(issuer));
    this.issuer = parsed.subject();
    signer = keys.getPrivate();
    return with(
        Extension.authorityKeyIdentifier,
        CertificateProfile.issuerIdentifier(parsed.holder().getSubjectPublicKeyInfo()));
  }

  ForgedCertificate hosts(String... hosts) {
    List<GeneralName> names = new ArrayList<>();
    names.add(uri(new KeypostUri(domain, use).toString()));
    for (String host : hosts) {
      names.add(new GeneralName(GeneralName.dNSName, host));
    }
    return names(names.toArray(GeneralName[]::new));
  }

  static GeneralName uri(String text) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, text);
  }

  ForgedCertificate names(GeneralName... names) {
    return with(Extension.subjectAlternativeName, new GeneralNames(names));
  }

  ForgedCertificate with(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return put(CertificateProfile.plain(oid, value));
  }

  ForgedCertificate critical(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return put(CertificateProfile.critical(oid, value));
  }

  ForgedCertificate without(ASN1ObjectIdentifier oid) {
    extensions.remove(oid);
    return this;
  }

  private ForgedCertificate put(Extension extension) {
    extensions.put(extension.getExtnId(), extension);
    return this;
  }

  ForgedCertificate key(PublicKey key) {
    this.key = info(key);
    return with(Extension.subjectKeyIdentifier, CertificateProfile.keyIdentifier(this.key));
  }

  ForgedCertificate signer(PrivateKey signer, String algorithm) {
    this.signer = signer;
    this.algorithm = algorithm;
    return this;
  }

  ForgedCertificate issuer(X500Name issuer) {
    this.issuer = issuer;
    return this;
  }

  ForgedCertificate subject(X500Name subject) {
    this.subject = subject;
    return this;
  }

  ForgedCertificate serial(BigInteger serial) {
    this.serial = serial;
    return this;
  }

  ForgedCertificate valid(Instant from, Instant until) {
    notBefore = from;
    notAfter = until;
    return this;
  }

  Bytes encode() {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              issuer, serial, Date.from(notBefore), Date.from(notAfter), subject, key);
      for (Extension extension : extensions.values()) {
        builder.addExtension(extension);
      }
      return Bytes.copyOf(
          builder
              .build(
                  new JcaContentSignerBuilder(algorithm)
                      .setProvider(BouncyCastle.PROVIDER)
                      .build(signer))
              .getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a TLS stack hands it over: not yet through our own parser. */
  X509Certificate sign() {
    return platform(encode());
  }

  static X509Certificate platform(Bytes der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509").generateCertificate(der.asInputStream());
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SubjectPublicKeyInfo info(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }
}
