package io.keypost.directory.client;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DomainView;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.cache.RevocationCache;
import io.keypost.directory.dns.DnsLookups;
import io.keypost.directory.dns.PinLookup;
import io.keypost.directory.keyserver.KeyServers;
import io.keypost.directory.keyserver.LookupBatches;
import io.keypost.directory.keyserver.OwnProvider;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.address.MailDomain;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a {@link DirectoryClient} is made of: wiring only. */
record DirectoryParts(
    Vertx vertx,
    DirectorySettings settings,
    InstantSource clock,
    ExecutorService working,
    DnsLookups dns,
    PinLookup pins,
    PeerHttp http,
    PeerTrust platform,
    PinMemory memory,
    Optional<Own> own,
    ResolutionTrace trace) {
  /** The user's own provider, for a client. */
  record Own(MailDomain domain, Supplier<CompletionStage<String>> token) {}

  KeyServers keyServers(Function<MailDomain, CompletionStage<DomainView>> domains) {
    return new KeyServers(http, pins, platform, domains, trace);
  }

  RevocationCache revocations() {
    return new RevocationCache(clock, settings.maxDomains());
  }

  RecordFetcher fetcher(
      KeyServers keyServers,
      RevocationCache revocations,
      Function<MailDomain, CompletionStage<DomainView>> domains) {
    return new RecordFetcher(
        settings,
        clock,
        working,
        pins,
        memory,
        keyServers,
        new LookupBatches(vertx, keyServers),
        revocations,
        own.map(o -> new OwnProvider(o.domain, o.token, keyServers, domains, clock)),
        trace);
  }
}
