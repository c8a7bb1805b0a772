package io.keypost.protocol.certificate;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** A domain's root and operational CA, made anew for each test. */
final class TestAuthority {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final SecureRandom RANDOM = new SecureRandom();

  final MailDomain domain;
  final KeyPair rootKeys = P256.generate(RANDOM);
  final KeyPair caKeys = P256.generate(RANDOM);
  final X509Certificate root;
  final X509Certificate ca;
  final CertificateIssuer issuer;

  TestAuthority(String domain) {
    this.domain = MailDomain.parse(domain);
    root = CertificateIssuer.root(this.domain, rootKeys, NOW, RANDOM);
    ca =
        new CertificateIssuer(root, rootKeys.getPrivate(), RANDOM)
            .operationalCa(caKeys.getPublic(), NOW);
    issuer = new CertificateIssuer(ca, caKeys.getPrivate(), RANDOM);
  }

  X509Certificate server(String... hosts) {
    return issuer.server(
        List.of(hosts).stream().map(MailDomain::parse).toList(),
        P256.generate(RANDOM).getPublic(),
        NOW);
  }

  X509Certificate leaf(CertificateUse use) {
    return switch (use) {
      case SIGNING -> issuer.signing(P256.generate(RANDOM).getPublic(), NOW);
      case SERVER -> server("mx." + domain);
      case RECEIPT -> issuer.receipt(P256.generate(RANDOM).getPublic(), NOW);
      case ROOT, OPERATIONAL_CA -> throw new IllegalArgumentException("not a leaf: " + use);
    };
  }

  Set<Digest> listed() {
    return Set.of(CertificateDigests.certificate(ca));
  }

  CheckedCertificate check(List<X509Certificate> chain, CertificateUse use, Instant now) {
    return CertificateChecker.check(chain, root, listed(), use, domain, now);
  }
}
