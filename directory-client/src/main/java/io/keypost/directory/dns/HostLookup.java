package io.keypost.directory.dns;

import io.keypost.directory.cache.TimedCache;
import io.keypost.directory.cache.TimedCache.Timed;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusedException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Finds the addresses of a host that a pin or a record names. */
public final class HostLookup {
  /** Addresses that are looked at, IPv4 and IPv6 together. */
  public static final int MAX_ADDRESSES = 16;

  /** Hosts whose addresses are kept for their time to live. */
  private static final int MAX_HOSTS = 10_000;

  private final DnsLookups dns;
  private final TimedCache<MailDomain, List<InetAddress>> known;

  /** Looks up through {@code dns}. */
  public HostLookup(DnsLookups dns, InstantSource clock) {
    this.dns = dns;
    this.known = new TimedCache<>(clock, MAX_HOSTS);
  }

  /**
   * All addresses of {@code host}, IPv6 first, at most {@value #MAX_ADDRESSES}; empty when it has
   * none. Need not be secure: who answers there proves itself by its certificate.
   *
   * @return completes exceptionally with {@link RefusedException} as {@link DnsLookups}
   */
  public CompletionStage<List<InetAddress>> addresses(MailDomain host) {
    return known.get(
        host,
        () ->
            dns.lookup(host.value(), Type.AAAA)
                .thenCombine(dns.lookup(host.value(), Type.A), HostLookup::together));
  }

  private static Timed<List<InetAddress>> together(DnsAnswer six, DnsAnswer four) {
    List<InetAddress> addresses = new ArrayList<>();
    six.records().forEach(r -> addresses.add(addressOf(r)));
    four.records().forEach(r -> addresses.add(addressOf(r)));
    Duration shorter =
        six.timeToLive().compareTo(four.timeToLive()) < 0 ? six.timeToLive() : four.timeToLive();
    return new Timed<>(addresses.stream().distinct().limit(MAX_ADDRESSES).toList(), shorter);
  }

  private static InetAddress addressOf(Record answer) {
    return switch (answer) {
      case AAAARecord six -> six.getAddress();
      case ARecord four -> four.getAddress();
      default -> throw new IllegalStateException("asked for addresses only");
    };
  }
}
