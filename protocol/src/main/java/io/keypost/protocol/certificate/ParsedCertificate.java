package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A certificate whose form is right: bounded, DER, version 3, P-256 with SHA-256 and nothing else,
 * every critical extension one that this package knows. What it says is not judged here.
 *
 * @param der the certificate as it came
 * @param holder the same, taken apart
 * @param key its public key, a point that is on the curve
 */
record ParsedCertificate(Bytes der, X509CertificateHolder holder, PublicKey key) {
  private static final AlgorithmIdentifier ECDSA_WITH_SHA256 =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  /** RFC 5280 section 4.1.2.2. */
  private static final int MAX_SERIAL_OCTETS = 20;

  private static final Set<ASN1ObjectIdentifier> KNOWN_EXTENSIONS =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.nameConstraints,
          Extension.subjectAlternativeName,
          Extension.subjectKeyIdentifier,
          Extension.authorityKeyIdentifier);

  static ParsedCertificate parse(Bytes der) {
    if (der.size() > CertificateCodec.MAX_CERTIFICATE_OCTETS) {
      throw malformed("larger than " + CertificateCodec.MAX_CERTIFICATE_OCTETS + " octets");
    }
    try {
      Certificate structure = Certificate.getInstance(der.toByteArray());
      if (!Arrays.equals(structure.getEncoded(ASN1Encoding.DER), der.toByteArray())) {
        throw malformed("not in DER");
      }
      X509CertificateHolder holder = new X509CertificateHolder(structure);
      requireForm(structure, holder);
      return new ParsedCertificate(der, holder, key(holder.getSubjectPublicKeyInfo()));
    } catch (RefusedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "not a certificate", e);
    }
  }

  private static PublicKey key(SubjectPublicKeyInfo info) throws IOException {
    return P256.decodePublic(Bytes.copyOf(info.getEncoded(ASN1Encoding.DER)));
  }

  private static void requireForm(Certificate structure, X509CertificateHolder holder) {
    if (holder.getVersionNumber() != 3) {
      throw malformed("not of version 3");
    }
    if (!structure.getSignatureAlgorithm().equals(ECDSA_WITH_SHA256)
        || !structure.getTBSCertificate().getSignature().equals(ECDSA_WITH_SHA256)) {
      throw malformed("signed with something else than ECDSA over SHA-256");
    }
    BigInteger serial = holder.getSerialNumber();
    if (serial.signum() <= 0 || serial.toByteArray().length > MAX_SERIAL_OCTETS) {
      throw malformed("a serial number that is not positive or longer than 20 octets");
    }
    Extensions extensions = holder.getExtensions();
    if (extensions == null) {
      throw malformed("without extensions");
    }
    for (ASN1ObjectIdentifier critical : extensions.getCriticalExtensionOIDs()) {
      if (!KNOWN_EXTENSIONS.contains(critical)) {
        throw malformed("an unknown critical extension " + critical.getId());
      }
    }
  }

  Optional<Extension> extension(ASN1ObjectIdentifier oid) {
    return Optional.ofNullable(holder.getExtension(oid));
  }

  X500Name subject() {
    return holder.getSubject();
  }

  X500Name issuer() {
    return holder.getIssuer();
  }

  Instant notBefore() {
    return holder.getNotBefore().toInstant();
  }

  Instant notAfter() {
    return holder.getNotAfter().toInstant();
  }

  Digest digest() {
    return Digest.sha256(der);
  }

  /** Whether {@code issuer} made the signature. */
  boolean isSignedBy(PublicKey issuer) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA", BouncyCastle.PROVIDER);
      signature.initVerify(issuer);
      signature.update(holder.toASN1Structure().getTBSCertificate().getEncoded(ASN1Encoding.DER));
      return signature.verify(holder.getSignature());
    } catch (GeneralSecurityException | IOException e) {
      // A signature that is not even two integers is a wrong signature.
      return false;
    }
  }

  private static RefusedException malformed(String why) {
    return RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "a certificate: " + why);
  }
}
