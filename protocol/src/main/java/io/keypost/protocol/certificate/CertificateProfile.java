package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The one form of a certificate of each use. All that it holds besides key, serial number, host
 * names and times follows from use and domain, so the issuer writes it and the checker compares it
 * octet by octet: there is nothing to interpret that an attacker could stretch.
 */
final class CertificateProfile {
  /** Most host names in a server certificate. */
  static final int MAX_HOSTS = 16;

  /** RFC 7093 section 2, method 1: no SHA-1 for a mere name either. */
  private static final int KEY_IDENTIFIER_OCTETS = 20;

  private CertificateProfile() {}

  /** DC=test, DC=alpha, CN=Keypost …: labels are short where a common name would be too long. */
  static X500Name subject(MailDomain domain, CertificateUse use) {
    X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    for (String label : List.of(domain.value().split("\\.")).reversed()) {
      name.addRDN(BCStyle.DC, label);
    }
    return name.addRDN(BCStyle.CN, use.commonName()).build();
  }

  /** The extensions that use and domain settle: all of them critical. */
  static List<Extension> settled(CertificateUse use, MailDomain domain) {
    Stream<Extension> always =
        Stream.of(
            critical(Extension.basicConstraints, use.basicConstraints()),
            critical(Extension.keyUsage, use.keyUsage()));
    Stream<Extension> purposes =
        use.purposes().isEmpty()
            ? Stream.of()
            : Stream.of(
                critical(
                    Extension.extendedKeyUsage,
                    new ExtendedKeyUsage(use.purposes().toArray(KeyPurposeId[]::new))));
    Stream<Extension> constraints =
        use == CertificateUse.OPERATIONAL_CA
            ? Stream.of(critical(Extension.nameConstraints, constraints(domain)))
            : Stream.of();
    return Stream.of(always, purposes, constraints).flatMap(s -> s).toList();
  }

  /** The URI name first, then the host names in their order. */
  static GeneralNames names(CertificateUse use, MailDomain domain, Collection<MailDomain> hosts) {
    return new GeneralNames(
        Stream.concat(
                Stream.of(
                    new GeneralName(
                        GeneralName.uniformResourceIdentifier,
                        new KeypostUri(domain, use).toString())),
                hosts.stream().map(host -> new GeneralName(GeneralName.dNSName, host.value())))
            .toArray(GeneralName[]::new));
  }

  static SubjectKeyIdentifier keyIdentifier(SubjectPublicKeyInfo key) {
    return new SubjectKeyIdentifier(
        Digest.sha256(Bytes.copyOf(key.getPublicKeyData().getOctets()))
            .octets()
            .slice(0, KEY_IDENTIFIER_OCTETS)
            .toByteArray());
  }

  static AuthorityKeyIdentifier issuerIdentifier(SubjectPublicKeyInfo issuerKey) {
    return new AuthorityKeyIdentifier(keyIdentifier(issuerKey).getKeyIdentifier());
  }

  static Extension critical(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return new Extension(oid, true, der(value));
  }

  static Extension plain(ASN1ObjectIdentifier oid, ASN1Encodable value) {
    return new Extension(oid, false, der(value));
  }

  /**
   * RFC 5280 section 4.2.1.10: a DNS subtree includes the names below it, a URI constraint without
   * a leading dot is exactly that host.
   */
  private static NameConstraints constraints(MailDomain domain) {
    return new NameConstraints(
        new GeneralSubtree[] {
          new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain.value())),
          new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, domain.value()))
        },
        null);
  }

  private static byte[] der(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("what was just made encodes", e);
    }
  }
}
