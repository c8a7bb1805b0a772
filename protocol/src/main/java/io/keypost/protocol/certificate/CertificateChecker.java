package io.keypost.protocol.certificate;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;

/**
 * The one place where a certificate is found good or refused (docs/protocol.md, "Certificates"). A
 * certificate is good for exactly one use and one domain, under the root that the domain's pin
 * names, an operational CA that the newest root statement lists, and unless the domain has revoked
 * it. Nothing is looked up: what is revoked is passed in.
 *
 * <p>Work is bounded: at most {@value CertificateCodec#MAX_CHAIN} certificates of {@value
 * CertificateCodec#MAX_CERTIFICATE_OCTETS} octets, two signatures verified besides the root's own.
 */
public final class CertificateChecker {
  /**
   * How much longer than {@link CertificateUse#life()} a certificate may live: what issuers date
   * back for clocks that are behind.
   */
  static final Duration MAX_BACKDATING = Duration.ofMinutes(5);

  /** The extensions that {@link CertificateProfile#settled} may hold, and how each is refused. */
  private record Settled(ASN1ObjectIdentifier oid, RefusalCode code, String name) {}

  private static final List<Settled> SETTLED =
      List.of(
          new Settled(
              Extension.basicConstraints, RefusalCode.CERTIFICATE_WRONG_USE, "basic constraints"),
          new Settled(Extension.keyUsage, RefusalCode.CERTIFICATE_WRONG_USE, "key usage"),
          new Settled(
              Extension.extendedKeyUsage, RefusalCode.CERTIFICATE_WRONG_USE, "extended key usage"),
          new Settled(
              Extension.nameConstraints, RefusalCode.CERTIFICATE_UNTRUSTED, "name constraints"));

  private CertificateChecker() {}

  /**
   * Checks a chain where nobody can know yet what the domain has revoked: its record itself, and
   * what its own root has just signed. Everybody else uses the method below.
   */
  public static CheckedCertificate check(
      List<X509Certificate> chain,
      X509Certificate trustedRoot,
      Set<Digest> allowedCas,
      CertificateUse use,
      MailDomain domain,
      Instant now) {
    return check(chain, trustedRoot, allowedCas, Set.of(), use, domain, now);
  }

  /**
   * Checks a chain.
   *
   * @param chain leaf first, then the operational CA unless the leaf is one; the root may stand at
   *     the end and must then be {@code trustedRoot}
   * @param trustedRoot the root certificate whose key the pin names
   * @param allowedCas digests of the operational CAs that the root statement lists
   * @param revoked digests of the certificates that the domain has revoked
   * @param use what the leaf is to be used for; not {@code ROOT}, see {@link #checkRoot}
   * @param domain whose it must be
   * @param now the time at which all of the chain must be valid
   * @throws RefusedException {@code certificate_missing} for an empty chain, {@code
   *     certificate_malformed}, {@code certificate_untrusted}, {@code certificate_revoked}, {@code
   *     certificate_unlisted}, {@code certificate_wrong_use}, {@code certificate_wrong_name},
   *     {@code certificate_expired}, {@code certificate_not_yet_valid}: the first that applies in
   *     this order
   */
  public static CheckedCertificate check(
      List<X509Certificate> chain,
      X509Certificate trustedRoot,
      Set<Digest> allowedCas,
      Set<Digest> revoked,
      CertificateUse use,
      MailDomain domain,
      Instant now) {
    List<ParsedCertificate> path = path(chain, trustedRoot, use);
    requireSignatures(path);
    for (ParsedCertificate certificate : path) {
      if (revoked.contains(certificate.digest())) {
        throw refused(
            RefusalCode.CERTIFICATE_REVOKED,
            domain + " has revoked the certificate " + certificate.digest());
      }
    }
    ParsedCertificate ca = path.get(path.size() - 2);
    if (!allowedCas.contains(ca.digest())) {
      throw refused(
          RefusalCode.CERTIFICATE_UNLISTED, "the root statement does not list the operational CA");
    }
    CertificateUse expected = use;
    List<MailDomain> hosts = requireProfile(path.getFirst(), expected, domain);
    for (ParsedCertificate issuer : path.subList(1, path.size())) {
      expected = expected.issuerUse();
      requireProfile(issuer, expected, domain);
    }
    requireTimes(path, use, now);
    return new CheckedCertificate(
        chain.getFirst(),
        use,
        domain,
        hosts,
        path.getFirst().digest(),
        path.stream()
            .map(ParsedCertificate::notAfter)
            .min(Comparator.naturalOrder())
            .orElseThrow());
  }

  /**
   * Checks a root by itself; that the pin names it is the caller's to see.
   *
   * @throws RefusedException as {@link #check}
   */
  public static CheckedCertificate checkRoot(X509Certificate root, MailDomain domain, Instant now) {
    ParsedCertificate parsed = ParsedCertificate.parse(CertificateDigests.encoded(root));
    requireSignatures(List.of(parsed));
    requireProfile(parsed, CertificateUse.ROOT, domain);
    requireTimes(List.of(parsed), CertificateUse.ROOT, now);
    return new CheckedCertificate(
        root, CertificateUse.ROOT, domain, List.of(), parsed.digest(), parsed.notAfter());
  }

  /** Leaf first, root last, of exactly the length that the use has. */
  private static List<ParsedCertificate> path(
      List<X509Certificate> chain, X509Certificate trustedRoot, CertificateUse use) {
    if (use == CertificateUse.ROOT) {
      throw new IllegalArgumentException("a root has no chain: checkRoot");
    }
    if (chain.isEmpty()) {
      throw refused(RefusalCode.CERTIFICATE_MISSING, "no certificate");
    }
    // Counted before anything is parsed.
    if (chain.size() > CertificateCodec.MAX_CHAIN) {
      throw refused(
          RefusalCode.CERTIFICATE_UNTRUSTED, "a chain of " + chain.size() + " certificates");
    }
    List<ParsedCertificate> path = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      path.add(ParsedCertificate.parse(CertificateDigests.encoded(certificate)));
    }
    ParsedCertificate root = ParsedCertificate.parse(CertificateDigests.encoded(trustedRoot));
    if (!path.getLast().der().equals(root.der())) {
      path.add(root);
    }
    int expected = use == CertificateUse.OPERATIONAL_CA ? 2 : 3;
    if (path.size() != expected) {
      throw refused(
          RefusalCode.CERTIFICATE_UNTRUSTED,
          "not a chain of " + expected + " certificates that ends at the pinned root");
    }
    return path;
  }

  private static void requireSignatures(List<ParsedCertificate> path) {
    for (int i = 0; i < path.size(); i++) {
      ParsedCertificate certificate = path.get(i);
      ParsedCertificate issuer = path.get(Math.min(i + 1, path.size() - 1));
      if (!certificate.issuer().equals(issuer.subject())
          || !certificate
              .extension(Extension.authorityKeyIdentifier)
              .equals(
                  Optional.of(
                      CertificateProfile.plain(
                          Extension.authorityKeyIdentifier,
                          CertificateProfile.issuerIdentifier(
                              issuer.holder().getSubjectPublicKeyInfo()))))) {
        throw refused(
            RefusalCode.CERTIFICATE_UNTRUSTED, "the issuer's name or key identifier is another");
      }
      if (!certificate.isSignedBy(issuer.key())) {
        throw refused(RefusalCode.CERTIFICATE_UNTRUSTED, "the issuer did not sign the certificate");
      }
    }
  }

  /** Compares all that follows from use and domain; gives the host names back. */
  private static List<MailDomain> requireProfile(
      ParsedCertificate certificate, CertificateUse use, MailDomain domain) {
    CertificateNames names =
        CertificateNames.of(
            certificate
                .extension(Extension.subjectAlternativeName)
                .filter(extension -> !extension.isCritical())
                .orElseThrow(
                    () -> refused(RefusalCode.CERTIFICATE_MALFORMED, "no names, or critical")));
    if (names.uri().use() != use) {
      throw refused(
          RefusalCode.CERTIFICATE_WRONG_USE,
          "a certificate for " + names.uri().use().path() + " where one for " + use.path() + " is");
    }
    if (!names.uri().domain().equals(domain)) {
      throw refused(
          RefusalCode.CERTIFICATE_WRONG_NAME,
          "a certificate of " + names.uri().domain() + ", not of " + domain);
    }
    requireSettled(certificate, use, domain);
    requireHosts(names.hosts(), use, domain);
    if (!certificate.subject().equals(CertificateProfile.subject(domain, use))) {
      throw refused(RefusalCode.CERTIFICATE_WRONG_NAME, "the subject is not that of its URI name");
    }
    return names.hosts();
  }

  private static void requireSettled(
      ParsedCertificate certificate, CertificateUse use, MailDomain domain) {
    List<Extension> expected = CertificateProfile.settled(use, domain);
    for (Settled settled : SETTLED) {
      if (!certificate
          .extension(settled.oid())
          .equals(expected.stream().filter(e -> e.getExtnId().equals(settled.oid())).findFirst())) {
        throw refused(
            settled.code(), settled.name() + " are not those of a certificate for " + use.path());
      }
    }
  }

  private static void requireHosts(List<MailDomain> hosts, CertificateUse use, MailDomain domain) {
    if ((use == CertificateUse.SERVER) == hosts.isEmpty()) {
      throw refused(
          RefusalCode.CERTIFICATE_WRONG_NAME, "host names belong to servers, and to each of them");
    }
    // The CA's name constraints, which its certificate was just seen to carry.
    for (MailDomain host : hosts) {
      if (!host.isWithin(domain)) {
        throw refused(
            RefusalCode.CERTIFICATE_UNTRUSTED, "host " + host + " is outside of " + domain);
      }
    }
  }

  private static void requireTimes(
      List<ParsedCertificate> path, CertificateUse leafUse, Instant now) {
    CertificateUse use = leafUse;
    for (ParsedCertificate certificate : path) {
      Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
      // A stolen CA key issues nothing that outlives what an honest CA issues.
      if (life.compareTo(use.life().plus(MAX_BACKDATING)) > 0) {
        throw refused(
            RefusalCode.CERTIFICATE_UNTRUSTED,
            "a certificate for " + use.path() + " lives too long");
      }
      if (now.isAfter(certificate.notAfter())) {
        throw refused(
            RefusalCode.CERTIFICATE_EXPIRED,
            "the certificate for " + use.path() + " expired at " + certificate.notAfter());
      }
      if (now.isBefore(certificate.notBefore())) {
        throw refused(
            RefusalCode.CERTIFICATE_NOT_YET_VALID,
            "the certificate for "
                + use.path()
                + " is valid from "
                + certificate.notBefore()
                + ", and this clock says "
                + now);
      }
      use = use.issuerUse();
    }
  }

  private static RefusedException refused(RefusalCode code, String detail) {
    return RefusedException.of(code, detail);
  }
}
