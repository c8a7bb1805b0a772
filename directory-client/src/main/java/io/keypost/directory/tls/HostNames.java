package io.keypost.directory.tls;

import io.keypost.protocol.address.MailDomain;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/** Whether a certificate of a public CA is for a host (RFC 9525 section 6.3). */
final class HostNames {
  /** GeneralName's tag for dNSName (RFC 5280 section 4.2.1.6). */
  private static final int DNS_NAME = 2;

  private HostNames() {}

  /** Looks at DNS names only: a common name is no host name. */
  static boolean matches(X509Certificate certificate, MailDomain host) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
              .anyMatch(name -> matches(String.valueOf(name.get(1)), host.value()));
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /** A wildcard is the whole of the first label and stands for exactly one label. */
  static boolean matches(String pattern, String host) {
    if (!pattern.startsWith("*.")) {
      return pattern.equalsIgnoreCase(host);
    }
    int dot = host.indexOf('.');
    return dot > 0
        && pattern.indexOf('.', 2) > 0
        && pattern.substring(1).equalsIgnoreCase(host.substring(dot));
  }
}
