package io.keypost.directory.client;

import io.keypost.directory.AddressView;
import io.keypost.directory.Directory;
import io.keypost.directory.DirectoryChanges;
import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.DomainView;
import io.keypost.directory.Resolution;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.ServersView;
import io.keypost.directory.cache.RecordCache;
import io.keypost.directory.client.FetchWatch.Said;
import io.keypost.directory.dns.DnsLookups;
import io.keypost.directory.dns.PinAnswer;
import io.keypost.directory.dns.PinLookup;
import io.keypost.directory.keyserver.KeyServers;
import io.keypost.directory.memory.OwnKeyServer;
import io.keypost.directory.memory.RemoteIncidents;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.peer.PeerVerifier;
import io.keypost.directory.token.AccessTokens;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.AddressRecord.Alias;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.Succession;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/**
 * The directory of one service or one client: caches over a {@link RecordFetcher}. Made by {@link
 * DirectoryBuilder}; thread safe; closing it ends its connections and threads.
 */
public final class DirectoryClient implements Directory, AutoCloseable {
  private final InstantSource clock;
  private final DnsLookups dns;
  private final PinLookup pins;
  private final PeerHttp http;
  private final ExecutorService working;
  private final KeyServers keyServers;
  private final ResolutionTrace trace;
  private final RecordCache<MailDomain, DomainView> domains;
  private final RecordCache<Address, AddressView> addresses;
  private final RecordCache<MailDomain, ServersView> servers;
  private final RecordCache<MailDomain, Verified<RevocationsRecord>> revocations;
  private final RecordFetcher fetcher;
  private final RecordFetcher.DomainSource domainSource = domainSource();
  private final PeerVerifier peers;

  DirectoryClient(DirectoryParts parts) {
    this.clock = parts.clock();
    this.dns = parts.dns();
    this.pins = parts.pins();
    this.http = parts.http();
    this.working = parts.working();
    this.trace = parts.trace();
    this.keyServers = parts.keyServers(this::domain);
    OwnKeyServer ownKeyServer =
        request ->
            parts
                .reportsTo()
                .map(this::domain)
                .orElseThrow()
                .thenCompose(operator -> keyServers.askOwn(operator, request));
    DirectoryWatch watch =
        parts.reportsTo().isPresent()
            ? DirectoryWatch.both(parts.watch(), new RemoteIncidents(ownKeyServer, clock))
            : parts.watch();
    DirectorySettings settings = parts.settings();
    this.revocations =
        new RecordCache<>(
            clock,
            this::ofRevocations,
            settings.maxDomains(),
            new FetchWatch<>(
                watch,
                clock,
                verified ->
                    new Said(verified.record(), verified.record().domain(), verified.jws())));
    this.domains =
        new RecordCache<>(
            clock,
            (kept, fetched) -> Succession.of(kept.record(), fetched.record()),
            settings.maxDomains(),
            new FetchWatch<>(
                watch,
                clock,
                view -> new Said(view.record(), view.record().domain(), view.verified().jws())));
    this.addresses =
        new RecordCache<>(
            clock,
            DirectoryClient::ofAddresses,
            settings.maxAddresses(),
            new FetchWatch<>(
                watch,
                clock,
                view -> new Said(view.record(), view.record().address(), view.verified().jws())));
    this.servers =
        new RecordCache<>(
            clock,
            (kept, fetched) -> Succession.of(kept.record(), fetched.record()),
            settings.maxDomains(),
            new FetchWatch<>(
                watch,
                clock,
                view -> new Said(view.record(), view.record().operator(), view.verified().jws())));
    this.fetcher = parts.fetcher(keyServers, revocations, this::domain, ownKeyServer, watch);
    this.peers = new PeerVerifier(this, clock);
  }

  private RecordFetcher.DomainSource domainSource() {
    return new RecordFetcher.DomainSource() {
      @Override
      public CompletionStage<DomainView> domain(MailDomain domain) {
        return DirectoryClient.this.domain(domain);
      }

      @Override
      public CompletionStage<DomainView> domainFetchedSince(MailDomain domain, Instant earliest) {
        return DirectoryClient.this.domainFetchedSince(domain, earliest);
      }
    };
  }

  /** {@code user+tag} may have got or lost an entry of its own: then nothing is compared. */
  private static Succession ofAddresses(AddressView kept, AddressView fetched) {
    return kept.record().address().equals(fetched.record().address())
        ? Succession.of(kept.record(), fetched.record())
        : Succession.NEWER;
  }

  /** What was revoked stays revoked (KP-REC-22). */
  private Succession ofRevocations(
      Verified<RevocationsRecord> kept, Verified<RevocationsRecord> fetched) {
    Succession succession = Succession.of(kept.record(), fetched.record());
    if (succession.replaces() && !fetched.record().continues(kept.record(), clock.instant())) {
      throw RefusedException.of(
          RefusalCode.RECORD_ROLLED_BACK,
          "kp-revocations of " + kept.record().domain() + " takes back what it has revoked");
    }
    return succession;
  }

  @Override
  public CompletionStage<DomainView> domain(MailDomain domain) {
    return domains.get(domain, fetcher::domain).thenApply(this::unlessRevoked);
  }

  /** A kept record bridges a failure, but not that its own signer was revoked since. */
  private DomainView unlessRevoked(DomainView view) {
    return revocations
        .kept(view.verified().domain())
        .filter(known -> !known.digest().equals(view.verified().revoked().record()))
        .map(
            known ->
                new DomainView(
                    view.pin(),
                    view.security(),
                    view.remembered(),
                    view.verified().revoking(known)))
        .orElse(view);
  }

  /** What a domain whose record was looked up has revoked, as it was signed. */
  public Optional<String> keptRevocations(MailDomain domain) {
    return revocations.kept(domain).map(Verified::jws);
  }

  @Override
  public CompletionStage<AddressView> address(Address address) {
    return addresses
        .get(address, wanted -> fetcher.address(wanted, domainSource))
        .thenCompose(view -> unlessRevoked(address, view));
  }

  /** What a domain revoked counts for the addresses that were looked up before, too. */
  private CompletionStage<AddressView> unlessRevoked(Address address, AddressView view) {
    try {
      DomainView domain = unlessRevoked(view.domain());
      return CompletableFuture.completedFuture(
          domain == view.domain()
              ? view
              : new AddressView(view.verified(), domain, view.certificate()));
    } catch (RefusedException e) {
      // Its signer was revoked: another may have signed it since. The kept one counts for nothing.
      addresses.markOutdated(address::equals);
      return addresses.get(address, wanted -> fetcher.address(wanted, domainSource));
    }
  }

  @Override
  public CompletionStage<ServersView> servers(MailDomain operator) {
    return servers.get(operator, wanted -> fetcher.servers(wanted, domainSource));
  }

  @Override
  public CompletionStage<DomainView> domainFetchedSince(MailDomain domain, Instant earliest) {
    revocations.refresh(domain);
    return domains
        .getFetchedSince(domain, earliest, fetcher::domain)
        .thenApply(this::unlessRevoked);
  }

  @Override
  public CompletionStage<AddressView> addressFetchedSince(Address address, Instant earliest) {
    return addresses.getFetchedSince(
        address, earliest, wanted -> fetcher.address(wanted, domainSource));
  }

  @Override
  public CompletionStage<ServersView> serversFetchedSince(MailDomain operator, Instant earliest) {
    return servers.getFetchedSince(
        operator, earliest, wanted -> fetcher.servers(wanted, domainSource));
  }

  @Override
  public CompletionStage<Resolution> resolve(Address address) {
    return walk(address, address, List.of());
  }

  private CompletionStage<Resolution> walk(
      Address asked, Address current, List<AddressView> before) {
    return address(current)
        .thenComposeAsync(
            view -> {
              List<AddressView> passed = new ArrayList<>(before);
              passed.add(view);
              if (view.record().content() instanceof Alias alias) {
                return walk(asked, PointerWalk.next(passed, alias), passed);
              }
              Resolution resolution = PointerWalk.arrive(asked, passed, clock.instant());
              resolution
                  .pointers()
                  .forEach(pointer -> trace.step(new ResolutionStep.PointerFollowed(pointer)));
              return CompletableFuture.completedFuture(resolution);
            },
            working);
  }

  @Override
  public void changed(DirectoryChanges changes) {
    switch (changes) {
      case DirectoryChanges.Everything() -> {
        revocations.markStale(_ -> true);
        domains.markStale(_ -> true);
        servers.markStale(_ -> true);
        addresses.markStale(_ -> true);
      }
      case DirectoryChanges.Named(var ofAddresses, var ofDomains, var ofOperators) -> {
        revocations.markStale(ofDomains::contains);
        domains.markStale(ofDomains::contains);
        servers.markStale(name -> ofDomains.contains(name) || ofOperators.contains(name));
        // Each is kept together with the domain that it was verified under.
        addresses.markStale(address -> ofDomains.contains(address.domain()));
        addresses.markOutdated(
            address -> ofAddresses.contains(address) || ofAddresses.contains(address.withoutTag()));
      }
    }
  }

  /**
   * What DNS shows of {@code domain} now, believed or not: for whoever wants to know why a domain
   * is not found. Completes exceptionally as {@link PinLookup#pin}.
   */
  public CompletionStage<PinAnswer> pin(MailDomain domain) {
    return pins.pin(domain)
        .whenComplete(
            (answer, error) -> {
              if (error == null) {
                trace.step(new ResolutionStep.PinFound(domain, answer));
              }
            });
  }

  /**
   * Asks a key server of {@code domain}, which must prove to be one of the operator that the
   * domain's pin names.
   *
   * @return any answer with a status below 500
   */
  public CompletionStage<PeerAnswer> askKeyServer(MailDomain domain, PeerRequest request) {
    return domain(domain).thenCompose(view -> keyServers.askAnyStatus(view, request));
  }

  /** Connections to peers, with the same rules about addresses. */
  public PeerHttp http() {
    return http;
  }

  /** Who calls this service over mutual TLS. */
  public PeerVerifier peers() {
    return peers;
  }

  /** Checks access tokens of {@code operator}, which is this service's own. */
  public AccessTokens accessTokens(MailDomain operator) {
    return new AccessTokens(
        operator, () -> askKeyServer(operator, PeerRequest.get("/v1/token-keys")), clock);
  }

  /** Ends connections and threads. */
  @Override
  public void close() {
    http.close();
    dns.close();
    working.shutdownNow();
  }
}
