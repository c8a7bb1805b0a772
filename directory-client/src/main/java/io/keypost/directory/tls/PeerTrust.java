package io.keypost.directory.tls;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.CheckedCertificate;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.X509TrustManager;

/**
 * Whether the chain that a server showed is good for what it is about to be asked. Rules without
 * state and without I/O; all throw {@link RefusedException} with a {@code certificate_…} code.
 */
@FunctionalInterface
public interface PeerTrust {
  /**
   * Checks a chain of which the peer has proved to hold the leaf's key.
   *
   * @param chain as shown, leaf first
   * @param host the name that was connected to
   * @param now the time at which the chain must be valid
   */
  void require(List<X509Certificate> chain, MailDomain host, Instant now);

  /** A server of an operator whose record was verified: the rule for everything but bootstrap. */
  static PeerTrust serverOf(VerifiedDomain operator) {
    return (chain, host, now) ->
        requireHost(
            CertificateChecker.check(
                chain,
                operator.rootCertificate(),
                operator.operationalCas(),
                operator.revoked().certificates(),
                CertificateUse.SERVER,
                operator.record().domain(),
                now),
            host);
  }

  /**
   * A chain that ends at a root of which only the pin's digest is known. Good for fetching a domain
   * record or a root statement, and nothing else: those carry their own signatures, and which CAs
   * are in force is not known before.
   */
  static PeerTrust chainingTo(Digest root, MailDomain operator) {
    return (chain, host, now) -> {
      X509Certificate last = last(chain);
      if (!CertificateDigests.spki(last).equals(root) || chain.size() < 2) {
        throw RefusedException.of(
            RefusalCode.CERTIFICATE_UNTRUSTED,
            "the chain does not end at the root that the pin of " + operator + " names");
      }
      requireHost(
          CertificateChecker.check(
              chain,
              last,
              Set.of(CertificateDigests.certificate(chain.get(chain.size() - 2))),
              CertificateUse.SERVER,
              operator,
              now),
          host);
    };
  }

  /** A certificate for that host name of a CA that {@code platform} trusts. */
  static PeerTrust platform(X509TrustManager platform) {
    return (chain, host, now) -> {
      X509Certificate leaf = chain.isEmpty() ? last(chain) : chain.getFirst();
      try {
        // The name that JSSE itself gives for TLS 1.3, where the key exchange says nothing.
        platform.checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
      } catch (CertificateException e) {
        throw RefusedException.of(
            RefusalCode.CERTIFICATE_UNTRUSTED, "no public CA that is trusted here", e);
      }
      if (!HostNames.matches(leaf, host)) {
        throw RefusedException.of(
            RefusalCode.CERTIFICATE_WRONG_NAME, "the certificate is not for " + host);
      }
    };
  }

  /** This rule, or else {@code other}; when neither holds, what this one found. */
  default PeerTrust or(PeerTrust other) {
    return (chain, host, now) -> {
      try {
        require(chain, host, now);
      } catch (RefusedException first) {
        try {
          other.require(chain, host, now);
        } catch (RefusedException second) {
          first.addSuppressed(second);
          throw first;
        }
      }
    };
  }

  private static X509Certificate last(List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_MISSING, "no certificate");
    }
    return chain.getLast();
  }

  private static void requireHost(CheckedCertificate checked, MailDomain host) {
    if (!checked.hosts().contains(host)) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_NAME, "the certificate is not for " + host);
    }
  }
}
