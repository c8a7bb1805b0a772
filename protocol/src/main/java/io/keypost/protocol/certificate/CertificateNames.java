package io.keypost.protocol.certificate;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * What a certificate or request says of itself in its subject alternative names: one URI name, and
 * for a server its host names, in the order and form of {@link CertificateProfile#names}.
 */
record CertificateNames(KeypostUri uri, List<MailDomain> hosts) {
  CertificateNames {
    hosts = List.copyOf(hosts);
  }

  /** Reads the extension; another kind of name, order or spelling is refused. */
  static CertificateNames of(Extension extension) {
    try {
      GeneralName[] names = GeneralNames.getInstance(extension.getParsedValue()).getNames();
      if (names.length == 0 || names.length > 1 + CertificateProfile.MAX_HOSTS) {
        throw refused("not one URI name and at most 16 host names");
      }
      KeypostUri uri = null;
      List<MailDomain> hosts = new ArrayList<>();
      for (GeneralName name : names) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier && uri == null) {
          uri = KeypostUri.parse(text(name));
        } else if (name.getTagNo() == GeneralName.dNSName) {
          hosts.add(host(text(name)));
        } else {
          throw refused("a second URI name, an address or another kind of name");
        }
      }
      if (uri == null) {
        throw refused("no URI name");
      }
      CertificateNames read = new CertificateNames(uri, hosts);
      requireSameForm(read, extension);
      return read;
    } catch (RefusedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "names: not readable", e);
    }
  }

  private static void requireSameForm(CertificateNames read, Extension extension)
      throws IOException {
    byte[] ours =
        CertificateProfile.names(read.uri.use(), read.uri.domain(), read.hosts)
            .getEncoded(ASN1Encoding.DER);
    if (!Arrays.equals(ours, extension.getExtnValue().getOctets())) {
      throw refused("in another order or encoding");
    }
  }

  /** No wildcard, no dot at the end, no address, no capital: a canonical name or nothing. */
  private static MailDomain host(String text) {
    try {
      return MailDomain.parseCanonical(text);
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_MALFORMED, "names: a host name that is not canonical", e);
    }
  }

  private static String text(GeneralName name) {
    return ASN1IA5String.getInstance(name.getName()).getString();
  }

  private static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "names: " + why);
  }
}
