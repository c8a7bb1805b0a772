package io.keypost.directory.dns;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * How names are looked up, and the bounds on it.
 *
 * @param servers recursive name servers, asked in this order; empty for those of the system
 * @param trustAnchor DS or DNSKEY records in master file form (RFC 1035 section 5)
 * @param queryTimeout wait for one server's answer to one query
 * @param lookupTimeout wait for a validated answer, all queries included
 */
public record DnsSettings(
    List<InetSocketAddress> servers,
    String trustAnchor,
    Duration queryTimeout,
    Duration lookupTimeout) {
  /** Wait for one answer unless configured. */
  public static final Duration DEFAULT_QUERY_TIMEOUT = Duration.ofSeconds(2);

  /**
   * Queries that one look-up may cause: a name of ten labels needs a DS and a DNSKEY for each zone
   * cut, and the answer. More is an attack, or a zone that nobody could use.
   */
  public static final int MAX_QUERIES_PER_LOOKUP = 32;

  /** Largest DNS message that is worked on, in octets. A pin has at most 2 KiB. */
  public static final int MAX_MESSAGE_OCTETS = 16 * 1024;

  /** Look-ups in flight at once; one more is refused with {@code busy}. */
  public static final int MAX_LOOKUPS_IN_FLIGHT = 512;

  /** CNAMEs that may stand before the answer. */
  public static final int MAX_CNAMES = 4;

  /** An answer is kept at least this long, whatever its TTL. */
  public static final Duration MIN_TIME_TO_LIVE = Duration.ofSeconds(5);

  /** And at most this long. */
  public static final Duration MAX_TIME_TO_LIVE = Duration.ofHours(1);

  /** Checks the bounds and their relation. */
  public DnsSettings {
    servers = List.copyOf(servers);
    if (queryTimeout.isNegative() || queryTimeout.isZero()) {
      throw new IllegalArgumentException("the DNS query timeout must be positive");
    }
    if (lookupTimeout.compareTo(queryTimeout) < 0) {
      throw new IllegalArgumentException(
          "the DNS look-up timeout must not be shorter than that of one query");
    }
    if (trustAnchor.isBlank()) {
      throw new IllegalArgumentException("no DNSSEC trust anchor");
    }
  }

  /** Three times {@code queryTimeout} for a whole look-up. */
  public static DnsSettings of(
      List<InetSocketAddress> servers, String trustAnchor, Duration queryTimeout) {
    return new DnsSettings(servers, trustAnchor, queryTimeout, queryTimeout.multipliedBy(3));
  }

  /** The trust anchor of the public root zone. */
  public static String rootTrustAnchor() {
    try (InputStream in = DnsSettings.class.getResourceAsStream("root.ds")) {
      if (in == null) {
        throw new IllegalStateException("root.ds is part of this library");
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
