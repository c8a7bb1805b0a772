package io.keypost.protocol.record;

import io.keypost.protocol.certificate.CertificateUse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of signed records, with what bounds each. */
public enum RecordKind {
  /** {@link RootStatement}. */
  ROOT("kp-root", CertificateUse.ROOT, Duration.ofDays(400), 16 * 1024),
  /** {@link DomainRecord}. */
  DOMAIN("kp-domain", CertificateUse.SIGNING, Duration.ofDays(7), 256 * 1024),
  /** {@link AddressRecord}: a user's certificate may have 64 KiB, and statements come on top. */
  ADDRESS("kp-address", CertificateUse.SIGNING, Duration.ofHours(24), 512 * 1024),
  /** {@link ServersRecord}. */
  SERVERS("kp-servers", CertificateUse.SIGNING, Duration.ofHours(24), 512 * 1024),
  /** {@link RevocationsRecord}. */
  REVOCATIONS("kp-revocations", CertificateUse.SIGNING, Duration.ofHours(24), 512 * 1024),
  /** {@link ConsentRecord}. */
  CONSENT("kp-consent", CertificateUse.SIGNING, Duration.ofHours(24), 16 * 1024),
  /** {@link ReceiptRecord}: kept, so it has no end of life. */
  RECEIPT("kp-receipt", CertificateUse.RECEIPT, null, 8 * 1024);

  private final String typ;
  private final CertificateUse signer;
  private final Optional<Duration> life;
  private final int maxCharacters;

  RecordKind(String typ, CertificateUse signer, @Nullable Duration life, int maxCharacters) {
    this.typ = typ;
    this.signer = signer;
    this.life = Optional.ofNullable(life);
    this.maxCharacters = maxCharacters;
  }

  /** The {@code typ} of the JWS: no record passes for one of another kind. */
  public String typ() {
    return typ;
  }

  /** What the certificate is for that signs records of this kind. */
  public CertificateUse signer() {
    return signer;
  }

  /** Longest time from {@code iat} to {@code exp}; empty for records that are kept. */
  public Optional<Duration> life() {
    return life;
  }

  /** Longest JWS that is parsed, in characters (all ASCII). */
  public int maxCharacters() {
    return maxCharacters;
  }
}
