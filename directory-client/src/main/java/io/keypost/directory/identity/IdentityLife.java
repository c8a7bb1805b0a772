package io.keypost.directory.identity;

import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.VerifiedDomain;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether a service's certificate is to be renewed now (KP-KSV-21). */
public final class IdentityLife {
  /** Renewed once less than this part of its life is left. */
  public static final int PART_LEFT = 3;

  /**
   * One that is younger is not renewed for its age: near a CA's end every new one is short-lived.
   */
  public static final Duration YOUNG = Duration.ofHours(1);

  private IdentityLife() {}

  /**
   * Why a certificate is to be renewed.
   *
   * @param chain leaf and operational CA; the root may follow
   * @param operator the operator's domain as peers see it now
   * @return empty while it is good
   */
  public static Optional<String> due(
      List<X509Certificate> chain, VerifiedDomain operator, Instant now) {
    X509Certificate ca = chain.get(1);
    if (!operator.operationalCas().contains(CertificateDigests.certificate(ca))) {
      return Optional.of("its operational CA is no longer in force");
    }
    if (chain.size() > 2 && !chain.get(2).equals(operator.rootCertificate())) {
      return Optional.of("another root is in force");
    }
    X509Certificate leaf = chain.getFirst();
    Instant begin = leaf.getNotBefore().toInstant();
    Instant end = leaf.getNotAfter().toInstant();
    boolean near =
        Duration.between(now, end).multipliedBy(PART_LEFT).compareTo(Duration.between(begin, end))
            < 0;
    return near && now.isAfter(begin.plus(YOUNG))
        ? Optional.of("less than a third of its life is left, to " + end)
        : Optional.empty();
  }
}
