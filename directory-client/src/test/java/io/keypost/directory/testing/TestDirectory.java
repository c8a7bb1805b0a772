package io.keypost.directory.testing;

import io.keypost.directory.AddressView;
import io.keypost.directory.Directory;
import io.keypost.directory.DirectoryChanges;
import io.keypost.directory.DomainView;
import io.keypost.directory.Resolution;
import io.keypost.directory.ServersView;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A directory without network over {@link TestDomain}s: what was asked once is kept until it is
 * asked for anew, as a cache would. Every record is verified.
 */
public final class TestDirectory implements Directory {
  private final InstantSource clock;
  private final Map<MailDomain, TestDomain> domains = new ConcurrentHashMap<>();
  private final Map<Object, Object> kept = new ConcurrentHashMap<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile CompletionStage<Void> source = CompletableFuture.completedFuture(null);

  /** Knows no domain yet. */
  public TestDirectory(InstantSource clock) {
    this.clock = clock;
  }

  /** Knows {@code domain}. */
  public TestDirectory with(TestDomain domain) {
    domains.put(domain.domain(), domain);
    return this;
  }

  /** What is fetched from now on waits for {@code source}, and fails as it does. */
  public void fetchAfter(CompletionStage<Void> source) {
    this.source = source;
  }

  /** Records that were made anew so far. */
  public int fetches() {
    return fetches.get();
  }

  @Override
  public CompletionStage<DomainView> domain(MailDomain domain) {
    return kept("domain " + domain, () -> fetchDomain(domain));
  }

  @Override
  public CompletionStage<AddressView> address(Address address) {
    return kept(address, () -> fetchAddress(address));
  }

  @Override
  public CompletionStage<ServersView> servers(MailDomain operator) {
    return kept("servers " + operator, () -> fetchServers(operator));
  }

  @Override
  public CompletionStage<DomainView> domainFetchedSince(MailDomain domain, Instant earliest) {
    return anew("domain " + domain, () -> fetchDomain(domain));
  }

  @Override
  public CompletionStage<AddressView> addressFetchedSince(Address address, Instant earliest) {
    return anew(address, () -> fetchAddress(address));
  }

  @Override
  public CompletionStage<ServersView> serversFetchedSince(MailDomain operator, Instant earliest) {
    return anew("servers " + operator, () -> fetchServers(operator));
  }

  @Override
  public CompletionStage<Resolution> resolve(Address address) {
    throw new UnsupportedOperationException("pointers are followed by the real directory only");
  }

  @Override
  public void changed(DirectoryChanges changes) {
    switch (changes) {
      case DirectoryChanges.Everything() -> kept.clear();
      case DirectoryChanges.Named named -> {
        named.addresses().forEach(kept::remove);
        named.domains().forEach(domain -> kept.remove("domain " + domain));
        named.domains().forEach(domain -> kept.remove("servers " + domain));
        named.operators().forEach(operator -> kept.remove("servers " + operator));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private <V> CompletionStage<V> kept(Object key, Supplier<V> fetch) {
    Object found = kept.get(key);
    return found == null ? anew(key, fetch) : CompletableFuture.completedFuture((V) found);
  }

  private <V> CompletionStage<V> anew(Object key, Supplier<V> fetch) {
    return source.thenApply(
        _ -> {
          V fetched = counted(fetch);
          kept.put(key, fetched);
          return fetched;
        });
  }

  private <V> V counted(Supplier<V> fetch) {
    fetches.incrementAndGet();
    return fetch.get();
  }

  private TestDomain known(MailDomain domain) {
    TestDomain found = domains.get(domain);
    if (found == null) {
      throw RefusedException.of(RefusalCode.PIN_MISSING, domain + " is not known here");
    }
    return found;
  }

  private DomainView fetchDomain(MailDomain domain) {
    TestDomain found = known(domain);
    Pin pin = found.pin(List.of(new KeyServerName(MailDomain.parse("ks." + domain), 443)));
    VerifiedDomain verified =
        RecordVerifier.verifyDomain(
            found.domainRecord(), found.rootDigest(), domain, clock.instant());
    RememberedPin remembered =
        new RememberedPin(
            pin.root(),
            verified.statement().gen(),
            clock.instant().plus(verified.statement().max()),
            new FirstSight(clock.instant(), FirstSight.By.DNSSEC));
    return new DomainView(
        pin,
        DnsSecurity.SECURE,
        remembered,
        verified.revoking(
            RecordVerifier.verifyRevocations(
                found.revocationsRecord(), verified, clock.instant())));
  }

  private AddressView fetchAddress(Address address) {
    DomainView domain = fetchDomain(address.domain());
    Verified<AddressRecord> verified =
        RecordVerifier.verifyAddress(
            known(address.domain()).addressRecord(address),
            domain.verified(),
            address,
            clock.instant());
    Optional<UserCertificate> certificate =
        verified.record().content() instanceof AddressRecord.Mailbox mailbox
            ? Optional.of(UserCertificate.decode(mailbox.certificate()))
            : Optional.empty();
    return new AddressView(verified, domain, certificate);
  }

  private ServersView fetchServers(MailDomain operator) {
    DomainView domain = fetchDomain(operator);
    return new ServersView(
        RecordVerifier.verifyServers(
            known(operator).serversRecord(), domain.verified(), clock.instant()),
        domain);
  }
}
