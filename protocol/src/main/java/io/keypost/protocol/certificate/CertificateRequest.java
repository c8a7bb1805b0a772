package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A request for a certificate (PKCS#10, RFC 2986) whose proof of possession was verified. It says
 * for which domain and use; the host names of a server are the issuer's to give, not asked for
 * here.
 *
 * @param domain whose certificate it shall be
 * @param use what for
 * @param publicKey the key to certify
 * @param der the request as it is carried
 */
public record CertificateRequest(
    MailDomain domain, CertificateUse use, PublicKey publicKey, Bytes der) {
  /** Largest request that is parsed, in octets. */
  public static final int MAX_OCTETS = 4 * 1024;

  private static final AlgorithmIdentifier ECDSA_WITH_SHA256 =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  /** Makes a request for the public half of {@code keys}, signed by the secret half. */
  public static CertificateRequest make(
      MailDomain domain, CertificateUse use, KeyPair keys, SecureRandom random) {
    try {
      PKCS10CertificationRequest request =
          new PKCS10CertificationRequestBuilder(
                  CertificateProfile.subject(domain, use),
                  SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
              .addAttribute(
                  PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                  new Extensions(
                      CertificateProfile.plain(
                          Extension.subjectAlternativeName,
                          CertificateProfile.names(use, domain, List.of()))))
              .build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .setProvider(BouncyCastle.PROVIDER)
                      .setSecureRandom(random)
                      .build(keys.getPrivate()));
      return parse(Bytes.copyOf(request.toASN1Structure().getEncoded(ASN1Encoding.DER)));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("a P-256 key signs with ECDSA", e);
    }
  }

  /**
   * Reads a request and verifies that whoever made it has the key.
   *
   * @throws RefusedException {@code certificate_malformed} when it is not such a request, {@code
   *     proof_invalid} when its signature is not by its own key
   */
  public static CertificateRequest parse(Bytes der) {
    if (der.size() > MAX_OCTETS) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_MALFORMED, "a request of " + der.size() + " octets");
    }
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der.toByteArray());
      if (!Arrays.equals(request.toASN1Structure().getEncoded(ASN1Encoding.DER), der.toByteArray())
          || !request.getSignatureAlgorithm().equals(ECDSA_WITH_SHA256)) {
        throw RefusedException.of(
            RefusalCode.CERTIFICATE_MALFORMED, "a request not in DER, or not ECDSA over SHA-256");
      }
      PublicKey key =
          P256.decodePublic(
              Bytes.copyOf(request.getSubjectPublicKeyInfo().getEncoded(ASN1Encoding.DER)));
      CertificateNames names = names(request);
      requireProof(request, key);
      return new CertificateRequest(names.uri().domain(), names.uri().use(), key, der);
    } catch (RefusedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "not a certificate request", e);
    }
  }

  /**
   * Reads {@link #toPem()}.
   *
   * @throws RefusedException as {@link #parse}
   */
  public static CertificateRequest fromPem(String pem) {
    return parse(Pem.readOne(Pem.CERTIFICATE_REQUEST, pem, RefusalCode.CERTIFICATE_MALFORMED));
  }

  /** PEM. */
  public String toPem() {
    return Pem.write(Pem.CERTIFICATE_REQUEST, der.toByteArray());
  }

  private static CertificateNames names(PKCS10CertificationRequest request) {
    Extensions requested = request.getRequestedExtensions();
    Extension names =
        requested == null ? null : requested.getExtension(Extension.subjectAlternativeName);
    if (names == null) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_MALFORMED, "a request that says not for whom and what for");
    }
    return CertificateNames.of(names);
  }

  private static void requireProof(PKCS10CertificationRequest request, PublicKey key) {
    boolean proved;
    try {
      proved =
          request.isSignatureValid(
              new JcaContentVerifierProviderBuilder()
                  .setProvider(BouncyCastle.PROVIDER)
                  .build(key));
    } catch (OperatorCreationException | PKCSException e) {
      throw RefusedException.of(
          RefusalCode.PROOF_INVALID, "the request's signature is not readable", e);
    }
    if (!proved) {
      throw RefusedException.of(
          RefusalCode.PROOF_INVALID, "the request is not signed by the key that it asks for");
    }
  }
}
