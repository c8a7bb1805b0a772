package io.keypost.directory.dns;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Validated look-ups. Each has a validating resolver of its own that knows nothing but the trust
 * anchor, so that its cost is bounded by itself and no earlier answer decides about a later one;
 * what is found is kept by the caches above, not here.
 *
 * <p>Uses its own executor: dnsjava would else take the common pool, which stalls under load.
 * Thread safe.
 */
public final class DnsLookups implements AutoCloseable {
  /** UDP payload that is asked for: what fits the networks that there are (DNS flag day 2020). */
  private static final int UDP_PAYLOAD_OCTETS = 1232;

  private static final int THREADS = 4;

  private final DnsSettings settings;
  private final InstantSource clock;
  private final Resolver shared;
  private final ExecutorService executor;
  private final Semaphore inFlight = new Semaphore(DnsSettings.MAX_LOOKUPS_IN_FLIGHT);

  /**
   * Opens no connection yet.
   *
   * @throws IllegalArgumentException when the trust anchor cannot be read, or no server is known
   */
  public DnsLookups(DnsSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.shared = sharedResolver(settings);
    this.executor =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("keypost-dns-", 0).factory());
    // Fails now, not at the first look-up, when the anchor is no master file.
    if (newValidatingResolver().getTrustAnchors().items().isEmpty()) {
      throw new IllegalArgumentException("the DNSSEC trust anchor holds no DS or DNSKEY record");
    }
  }

  /**
   * Looks {@code name} up.
   *
   * @param name absolute name without the last dot
   * @param type a type number of {@link org.xbill.DNS.Type}
   * @return completes exceptionally with {@link RefusedException}: {@code dns_bogus}, {@code
   *     dns_unavailable} or {@code busy}
   */
  CompletionStage<DnsAnswer> lookup(String name, int type) {
    if (!inFlight.tryAcquire()) {
      return CompletableFuture.failedFuture(
          RefusedException.of(RefusalCode.BUSY, "too many DNS look-ups at once"));
    }
    CompletableFuture<Message> sent;
    try {
      Record question = Record.newRecord(Name.fromString(name + '.'), type, DClass.IN);
      sent =
          newValidatingResolver()
              .sendAsync(Message.newQuery(question), executor)
              .toCompletableFuture();
    } catch (TextParseException | RuntimeException e) {
      sent = CompletableFuture.failedFuture(e);
    }
    return sent.orTimeout(settings.lookupTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((answer, error) -> inFlight.release())
        // Away from the one thread that watches all timeouts.
        .handleAsync((answer, error) -> read(name, type, answer, error), executor);
  }

  private DnsAnswer read(
      String name, int type, @Nullable Message answer, @Nullable Throwable error) {
    if (error != null || answer == null) {
      throw unavailable(name, error);
    }
    int rcode = answer.getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      throw bogusReason(answer)
          .map(why -> RefusedException.of(RefusalCode.DNS_BOGUS, name + ": " + why))
          .orElseGet(
              () ->
                  RefusedException.of(
                      RefusalCode.DNS_UNAVAILABLE,
                      name + ": the name server answers " + Rcode.string(rcode)));
    }
    try {
      return answerOf(name, type, answer);
    } catch (TextParseException e) {
      throw RefusedException.of(RefusalCode.DNS_UNAVAILABLE, name + ": not a name", e);
    }
  }

  /** The flag is the validating resolver's own: it clears what it receives and sets it anew. */
  private static DnsSecurity securityOf(Message answer) {
    return answer.getHeader().getFlag(Flags.AD) ? DnsSecurity.SECURE : DnsSecurity.INSECURE;
  }

  private static DnsAnswer answerOf(String asked, int type, Message answer)
      throws TextParseException {
    List<Record> section = answer.getSection(Section.ANSWER);
    Name name = Name.fromString(asked + '.');
    long ttl = DnsSettings.MAX_TIME_TO_LIVE.toSeconds();
    for (int followed = 0; ; followed++) {
      Optional<CNAMERecord> cname = cname(section, name);
      if (cname.isEmpty()) {
        break;
      }
      if (followed == DnsSettings.MAX_CNAMES) {
        throw RefusedException.of(
            RefusalCode.DNS_UNAVAILABLE, asked + ": more than " + followed + " CNAMEs");
      }
      ttl = Math.min(ttl, cname.get().getTTL());
      name = cname.get().getTarget();
    }
    List<Record> found = new ArrayList<>();
    for (Record candidate : section) {
      if (candidate.getType() == type && candidate.getName().equals(name)) {
        found.add(candidate);
        ttl = Math.min(ttl, candidate.getTTL());
      }
    }
    if (found.isEmpty()) {
      ttl = Math.min(ttl, negativeTimeToLive(answer));
    }
    return new DnsAnswer(
        found,
        securityOf(answer),
        Duration.ofSeconds(Math.max(ttl, DnsSettings.MIN_TIME_TO_LIVE.toSeconds())));
  }

  private static Optional<CNAMERecord> cname(List<Record> section, Name name) {
    return section.stream()
        .filter(r -> r instanceof CNAMERecord && r.getName().equals(name))
        .map(CNAMERecord.class::cast)
        .findFirst();
  }

  /** RFC 2308 section 5: the smaller of the SOA record's TTL and its minimum. */
  private static long negativeTimeToLive(Message answer) {
    return answer.getSection(Section.AUTHORITY).stream()
        .filter(SOARecord.class::isInstance)
        .map(SOARecord.class::cast)
        .mapToLong(soa -> Math.min(soa.getTTL(), soa.getMinimum()))
        .min()
        .orElse(0);
  }

  private static Optional<String> bogusReason(Message answer) {
    OPTRecord opt = answer.getOPT();
    if (opt == null) {
      return Optional.empty();
    }
    for (EDNSOption option : opt.getOptions()) {
      // Only the validating resolver's own verdicts: codes 5 to 12 of RFC 8914 are about DNSSEC.
      if (option instanceof ExtendedErrorCodeOption verdict
          && verdict.getErrorCode() >= ExtendedErrorCodeOption.DNSSEC_INDETERMINATE
          && verdict.getErrorCode() <= ExtendedErrorCodeOption.NSEC_MISSING) {
        String text = verdict.getText();
        return Optional.of(text == null ? "DNSSEC validation failed" : text);
      }
    }
    return Optional.empty();
  }

  private static RefusedException unavailable(String name, @Nullable Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof RefusedException refused) {
      return refused;
    }
    String why =
        cause instanceof TimeoutException
            ? "no answer in time"
            : cause instanceof IOException io && io.getMessage() != null
                ? io.getMessage()
                : "no usable answer";
    return cause == null
        ? RefusedException.of(RefusalCode.DNS_UNAVAILABLE, name + ": " + why)
        : RefusedException.of(RefusalCode.DNS_UNAVAILABLE, name + ": " + why, cause);
  }

  private ValidatingResolver newValidatingResolver() {
    ValidatingResolver resolver =
        new ValidatingResolver(
            new BudgetedResolver(shared, DnsSettings.MAX_QUERIES_PER_LOOKUP),
            clock.withZone(ZoneOffset.UTC));
    try {
      resolver.loadTrustAnchors(
          new ByteArrayInputStream(settings.trustAnchor().getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new IllegalArgumentException("the DNSSEC trust anchor is not in master file form", e);
    }
    return resolver;
  }

  private static Resolver sharedResolver(DnsSettings settings) {
    List<InetSocketAddress> servers =
        settings.servers().isEmpty()
            ? ResolverConfig.getCurrentConfig().servers()
            : settings.servers();
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no DNS server is configured, and the system names none");
    }
    List<Resolver> resolvers = new ArrayList<>();
    for (InetSocketAddress server : servers) {
      SimpleResolver resolver = new SimpleResolver(server);
      resolver.setTimeout(settings.queryTimeout());
      resolver.setEDNS(0, UDP_PAYLOAD_OCTETS, ExtendedFlags.DO, List.of());
      resolvers.add(resolver);
    }
    if (resolvers.size() == 1) {
      return resolvers.getFirst();
    }
    ExtendedResolver several = new ExtendedResolver(resolvers);
    several.setRetries(1);
    several.setTimeout(settings.lookupTimeout());
    return several;
  }

  /** Ends the executor; look-ups in flight fail. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
