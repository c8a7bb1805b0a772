package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues certificates under one root or operational CA. The domain and what may be issued follow
 * from the issuer's own certificate; lives from {@link CertificateUse#life()}, cut to the issuer's
 * own. Each begins up to five minutes in the past, for peers whose clock is behind, but never
 * before its issuer.
 */
public final class CertificateIssuer {
  private static final int SERIAL_OCTETS = 16;

  private final ParsedCertificate issuer;
  private final KeypostUri name;
  private final PrivateKey key;
  private final SecureRandom random;

  /**
   * Takes the certificate and key that issue.
   *
   * @throws RefusedException {@code certificate_malformed} or {@code certificate_wrong_use} when
   *     the certificate is neither a root nor an operational CA, {@code secret_key_unusable} when
   *     the key is another's
   */
  public CertificateIssuer(X509Certificate certificate, PrivateKey key, SecureRandom random) {
    this.issuer = ParsedCertificate.parse(CertificateDigests.encoded(certificate));
    this.name =
        issuer
            .extension(Extension.subjectAlternativeName)
            .map(names -> CertificateNames.of(names).uri())
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.CERTIFICATE_MALFORMED, "an issuer without names"));
    if (!name.use().isAuthority()) {
      throw wrongUse();
    }
    if (!P256.matches(key, issuer.key())) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "the key is not that of the issuer's certificate");
    }
    this.key = key;
    this.random = random;
  }

  /** A new root of {@code domain}, signed by itself. */
  public static X509Certificate root(
      MailDomain domain, KeyPair keys, Instant now, SecureRandom random) {
    SubjectPublicKeyInfo shared = keyInfo(keys.getPublic());
    Instant start = now.minus(CertificateChecker.MAX_BACKDATING).truncatedTo(ChronoUnit.SECONDS);
    return sign(
        new Template(
            CertificateProfile.subject(domain, CertificateUse.ROOT),
            shared,
            start,
            now.plus(CertificateUse.ROOT.life()),
            new KeypostUri(domain, CertificateUse.ROOT),
            List.of(),
            shared),
        keys.getPrivate(),
        random);
  }

  /** An operational CA, in force once a root statement lists it. Only a root issues it. */
  public X509Certificate operationalCa(PublicKey publicKey, Instant now) {
    return issue(CertificateUse.OPERATIONAL_CA, publicKey, List.of(), now);
  }

  /** A certificate that signs the domain's records. */
  public X509Certificate signing(PublicKey publicKey, Instant now) {
    return issue(CertificateUse.SIGNING, publicKey, List.of(), now);
  }

  /**
   * A certificate for a service that is reached under {@code hosts} and shows itself as this
   * operator's.
   *
   * @param hosts 1 to 16 names, each the operator's domain or below it
   * @throws RefusedException {@code certificate_wrong_name} for another name or number of names
   */
  public X509Certificate server(Collection<MailDomain> hosts, PublicKey publicKey, Instant now) {
    if (hosts.isEmpty()
        || hosts.size() > CertificateProfile.MAX_HOSTS
        || !hosts.stream().allMatch(host -> host.isWithin(name.domain()))) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_NAME,
          "a server has 1 to "
              + CertificateProfile.MAX_HOSTS
              + " host names, each within "
              + name.domain());
    }
    return issue(CertificateUse.SERVER, publicKey, hosts, now);
  }

  /** A certificate that signs receipts. */
  public X509Certificate receipt(PublicKey publicKey, Instant now) {
    return issue(CertificateUse.RECEIPT, publicKey, List.of(), now);
  }

  /** The domain that this issues for. */
  public MailDomain domain() {
    return name.domain();
  }

  private X509Certificate issue(
      CertificateUse use, PublicKey publicKey, Collection<MailDomain> hosts, Instant now) {
    if (name.use() != use.issuerUse()) {
      throw wrongUse();
    }
    if (now.isAfter(issuer.notAfter()) || now.isBefore(issuer.notBefore())) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_EXPIRED, "the issuer's certificate is not valid at " + now);
    }
    return sign(
        new Template(
            issuer.subject(),
            issuer.holder().getSubjectPublicKeyInfo(),
            later(now.minus(CertificateChecker.MAX_BACKDATING), issuer.notBefore()),
            earlier(now.plus(use.life()), issuer.notAfter()),
            new KeypostUri(name.domain(), use),
            hosts,
            keyInfo(publicKey)),
        key,
        random);
  }

  private RefusedException wrongUse() {
    return RefusedException.of(
        RefusalCode.CERTIFICATE_WRONG_USE,
        "a certificate for " + name.use().path() + " issues not");
  }

  /** All that differs between two certificates. */
  private record Template(
      X500Name issuer,
      SubjectPublicKeyInfo issuerKey,
      Instant notBefore,
      Instant notAfter,
      KeypostUri name,
      Collection<MailDomain> hosts,
      SubjectPublicKeyInfo key) {}

  private static X509Certificate sign(Template template, PrivateKey key, SecureRandom random) {
    CertificateUse use = template.name().use();
    MailDomain domain = template.name().domain();
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            template.issuer(),
            serial(random),
            Date.from(template.notBefore()),
            Date.from(template.notAfter()),
            CertificateProfile.subject(domain, use),
            template.key());
    try {
      for (Extension extension : CertificateProfile.settled(use, domain)) {
        builder.addExtension(extension);
      }
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          CertificateProfile.names(use, domain, template.hosts()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, CertificateProfile.keyIdentifier(template.key()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          CertificateProfile.issuerIdentifier(template.issuerKey()));
      return CertificateCodec.decode(
          Bytes.copyOf(
              builder
                  .build(
                      new JcaContentSignerBuilder("SHA256withECDSA")
                          .setProvider(BouncyCastle.PROVIDER)
                          .setSecureRandom(random)
                          .build(key))
                  .getEncoded()));
    } catch (CertIOException e) {
      throw new IllegalStateException("our own extensions encode", e);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("a P-256 key signs with ECDSA", e);
    }
  }

  /** 128 random bits, never zero (RFC 5280 section 4.1.2.2). */
  private static BigInteger serial(SecureRandom random) {
    byte[] octets = new byte[SERIAL_OCTETS];
    random.nextBytes(octets);
    BigInteger serial = new BigInteger(1, octets);
    return serial.signum() == 0 ? BigInteger.ONE : serial;
  }

  private static SubjectPublicKeyInfo keyInfo(PublicKey key) {
    // Read back: whatever provider made the key, only a named-curve P-256 point is certified.
    return SubjectPublicKeyInfo.getInstance(P256.decodePublic(P256.encode(key)).getEncoded());
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
