package io.keypost.protocol.certificate;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * What a certificate is for: exactly one of these, said three times in it and always the same (path
 * of its URI name, key usage, extended key usage).
 */
public enum CertificateUse {
  /**
   * A domain's self-signed root, kept offline. Besides the operational CA it signs root statements.
   */
  ROOT(
      "root",
      "Keypost domain root",
      Duration.ofDays(3650),
      KeyUsage.keyCertSign | KeyUsage.digitalSignature,
      List.of()),
  /** Issues the three uses below, for one domain only; in force while a root statement lists it. */
  OPERATIONAL_CA(
      "ca", "Keypost operational CA", Duration.ofDays(365), KeyUsage.keyCertSign, List.of()),
  /** Signs the domain's records. */
  SIGNING(
      "signing",
      "Keypost record signer",
      Duration.ofDays(90),
      KeyUsage.digitalSignature,
      List.of(KeyPurposeId.getInstance(CertificateUse.arc("1")))),
  /** Proves a service of an operator, to those who connect to it and to those it connects to. */
  SERVER(
      "server",
      "Keypost server",
      Duration.ofDays(30),
      KeyUsage.digitalSignature,
      List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)),
  /** Signs receipts for an operator. */
  RECEIPT(
      "receipt",
      "Keypost receipt signer",
      Duration.ofDays(90),
      KeyUsage.digitalSignature,
      List.of(KeyPurposeId.getInstance(CertificateUse.arc("2"))));

  private final String path;
  private final String commonName;
  private final Duration life;
  private final int keyUsageBits;
  private final List<KeyPurposeId> purposes;

  CertificateUse(
      String path,
      String commonName,
      Duration life,
      int keyUsageBits,
      List<KeyPurposeId> purposes) {
    this.path = path;
    this.commonName = commonName;
    this.life = life;
    this.keyUsageBits = keyUsageBits;
    this.purposes = purposes;
  }

  /**
   * Keypost's own object identifiers hang below a UUID (ITU-T X.667), which needs no registrar:
   * 07e197e0-e64d-478a-9b25-31e1304cfd7b.
   */
  private static ASN1ObjectIdentifier arc(String branch) {
    return new ASN1ObjectIdentifier("2.25.10475943225898279316061702747971190139").branch(branch);
  }

  /** The path of the URI name, as in {@code keypost://alpha.test/server}. */
  public String path() {
    return path;
  }

  /** How long a certificate of this use lives, and the longest life that is accepted. */
  public Duration life() {
    return life;
  }

  /** Whether its key may sign other certificates. */
  public boolean isAuthority() {
    return this == ROOT || this == OPERATIONAL_CA;
  }

  /** Finds a use by its {@link #path()}. */
  static Optional<CertificateUse> byPath(String path) {
    return Arrays.stream(values()).filter(use -> use.path.equals(path)).findFirst();
  }

  String commonName() {
    return commonName;
  }

  /** The common name of the use that signs certificates of this one. */
  CertificateUse issuerUse() {
    return switch (this) {
      case ROOT, OPERATIONAL_CA -> ROOT;
      case SIGNING, SERVER, RECEIPT -> OPERATIONAL_CA;
    };
  }

  KeyUsage keyUsage() {
    return new KeyUsage(keyUsageBits);
  }

  List<KeyPurposeId> purposes() {
    return purposes;
  }

  /** A root signs CAs, a CA signs nothing that signs: path lengths 1 and 0. */
  BasicConstraints basicConstraints() {
    return switch (this) {
      case ROOT -> new BasicConstraints(1);
      case OPERATIONAL_CA -> new BasicConstraints(0);
      case SIGNING, SERVER, RECEIPT -> new BasicConstraints(false);
    };
  }
}
