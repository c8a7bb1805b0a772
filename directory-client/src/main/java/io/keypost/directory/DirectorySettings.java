package io.keypost.directory;

import io.keypost.directory.dns.DnsSettings;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.protocol.pin.KeyServerName;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * How a directory looks up, and its bounds.
 *
 * @param dns how names are looked up
 * @param targets what may be connected to
 * @param refreshAfter a record is asked for anew after this time; the kept one bridges a failure to
 *     its end of life
 * @param refreshAbsentAfter the same for addresses that do not exist: shorter, because people try
 *     again what they have just set up
 * @param maxDomains domains and operators that are kept
 * @param maxAddresses addresses that are kept; one takes 2 to 70 KiB, mostly the user's certificate
 * @param web how a pin is confirmed over HTTPS
 */
public record DirectorySettings(
    DnsSettings dns,
    AllowedTargets targets,
    Duration refreshAfter,
    Duration refreshAbsentAfter,
    int maxDomains,
    int maxAddresses,
    Web web) {
  /**
   * The web of public CAs, by which an insecure pin may be confirmed at first sight (KP-PIN-21).
   *
   * @param additionalTrust CAs that are trusted besides the platform's
   * @param port of {@code keypost.<domain>}
   */
  public record Web(List<X509Certificate> additionalTrust, int port) {
    /** As it is on the Internet: the platform's CAs, port 443. */
    public static final Web PUBLIC = new Web(List.of(), KeyServerName.DEFAULT_PORT);

    /** Checks the port. */
    public Web {
      additionalTrust = List.copyOf(additionalTrust);
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
      }
    }
  }

  /** Unless configured. */
  public static final Duration DEFAULT_REFRESH_AFTER = Duration.ofMinutes(1);

  /** Unless configured. */
  public static final int DEFAULT_MAX_DOMAINS = 10_000;

  /** Unless configured. */
  public static final int DEFAULT_MAX_ADDRESSES = 20_000;

  /** kp-revocations is asked for anew after this time (KP-REC-20). */
  public static final Duration REFRESH_REVOCATIONS_AFTER = Duration.ofMinutes(10);

  private static final Duration REFRESH_ABSENT_AFTER = Duration.ofSeconds(15);

  /** Checks the bounds. */
  public DirectorySettings {
    if (refreshAfter.isNegative() || refreshAfter.isZero()) {
      throw new IllegalArgumentException("the time after which records are refreshed is positive");
    }
    if (maxDomains < 1 || maxAddresses < 1) {
      throw new IllegalArgumentException("a cache keeps at least one record");
    }
  }

  /** With the usual bounds. */
  public static DirectorySettings of(DnsSettings dns, AllowedTargets targets) {
    return of(dns, targets, DEFAULT_REFRESH_AFTER);
  }

  /** With the usual sizes. */
  public static DirectorySettings of(
      DnsSettings dns, AllowedTargets targets, Duration refreshAfter) {
    return new DirectorySettings(
        dns,
        targets,
        refreshAfter,
        refreshAfter.compareTo(REFRESH_ABSENT_AFTER) < 0 ? refreshAfter : REFRESH_ABSENT_AFTER,
        DEFAULT_MAX_DOMAINS,
        DEFAULT_MAX_ADDRESSES,
        Web.PUBLIC);
  }

  /** The same with another web. */
  public DirectorySettings with(Web other) {
    return new DirectorySettings(
        dns, targets, refreshAfter, refreshAbsentAfter, maxDomains, maxAddresses, other);
  }
}
