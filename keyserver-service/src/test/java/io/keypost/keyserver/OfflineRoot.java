package io.keypost.keyserver;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.RootStatement;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The owner of a domain with his root key, as {@code keypost root} is on a machine of its own. */
public final class OfflineRoot {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final MailDomain domain;
  private final KeyPair keys = P256.generate(RANDOM);
  private final X509Certificate certificate;

  public OfflineRoot(MailDomain domain) {
    this(domain, Instant.now());
  }

  /** One that was made at another time. */
  public OfflineRoot(MailDomain domain, Instant made) {
    this.domain = domain;
    this.certificate = CertificateIssuer.root(domain, keys, made, RANDOM);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** What the pin names. */
  public Digest pinned() {
    return CertificateDigests.spki(certificate);
  }

  public X509Certificate certify(CertificateRequest request) {
    return certify(request, Instant.now());
  }

  public X509Certificate certify(CertificateRequest request, Instant at) {
    return new CertificateIssuer(certificate, keys.getPrivate(), RANDOM)
        .operationalCa(request.publicKey(), at);
  }

  public String state(long gen, X509Certificate ca) {
    return state(gen, ca, null);
  }

  public String state(long gen, X509Certificate ca, @Nullable Digest nextRoot) {
    Instant now = Instant.now();
    return new RecordSigner(keys.getPrivate(), certificate, RANDOM)
        .sign(
            new RootStatement(
                domain,
                gen,
                now,
                now.plus(Duration.ofDays(365)),
                Duration.ofDays(30),
                List.of(CertificateDigests.certificate(ca)),
                nextRoot));
  }
}
