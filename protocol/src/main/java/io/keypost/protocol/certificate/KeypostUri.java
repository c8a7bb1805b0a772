package io.keypost.protocol.certificate;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/**
 * The URI name that every certificate carries once, {@code keypost://<domain>/<use>}: whose it is
 * and what for. No port, user, query or other spelling exists.
 */
record KeypostUri(MailDomain domain, CertificateUse use) {
  private static final String SCHEME = "keypost://";

  static KeypostUri parse(String text) {
    int slash = text.indexOf('/', Math.min(SCHEME.length(), text.length()));
    if (!text.startsWith(SCHEME) || slash < 0) {
      throw malformed();
    }
    String host = text.substring(SCHEME.length(), slash);
    CertificateUse use =
        CertificateUse.byPath(text.substring(slash + 1)).orElseThrow(KeypostUri::malformed);
    return new KeypostUri(domain(host), use);
  }

  private static MailDomain domain(String host) {
    try {
      // One spelling: a name that only canonicalises to ours is not ours.
      return MailDomain.parseCanonical(host);
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_MALFORMED, "a URI name whose host is not a domain", e);
    }
  }

  private static RefusedException malformed() {
    return RefusedException.of(
        RefusalCode.CERTIFICATE_MALFORMED, "a URI name that is not keypost://<domain>/<use>");
  }

  @Override
  public String toString() {
    return SCHEME + domain.value() + '/' + use.path();
  }
}
