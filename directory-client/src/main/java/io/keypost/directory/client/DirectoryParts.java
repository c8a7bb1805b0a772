package io.keypost.directory.client;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.DomainView;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.cache.RecordCache;
import io.keypost.directory.dns.DnsLookups;
import io.keypost.directory.dns.PinLookup;
import io.keypost.directory.keyserver.KeyServers;
import io.keypost.directory.keyserver.LookupBatches;
import io.keypost.directory.keyserver.OwnProvider;
import io.keypost.directory.memory.OwnKeyServer;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.Verified;
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
    Memory memory,
    Optional<Own> own,
    Optional<MailDomain> reportsTo,
    ResolutionTrace trace,
    DirectoryWatch watch) {
  /** The user's own provider, for a client. */
  record Own(MailDomain domain, Supplier<CompletionStage<String>> token) {}

  /** Where pins are remembered, which may be the own key server and be found by this directory. */
  @FunctionalInterface
  interface Memory {
    PinMemory of(OwnKeyServer keyServer);
  }

  KeyServers keyServers(Function<MailDomain, CompletionStage<DomainView>> domains) {
    return new KeyServers(http, pins, platform, domains, trace);
  }

  RecordFetcher fetcher(
      KeyServers keyServers,
      RecordCache<MailDomain, Verified<RevocationsRecord>> revocations,
      Function<MailDomain, CompletionStage<DomainView>> domains,
      OwnKeyServer ownKeyServer,
      DirectoryWatch watches) {
    PinGate gate =
        new PinGate(
            memory.of(ownKeyServer),
            new PinConfirmation(http, platform, settings.web(), trace),
            clock,
            trace,
            watches);
    return new RecordFetcher(
        settings,
        clock,
        working,
        pins,
        gate,
        keyServers,
        new LookupBatches(vertx, keyServers),
        revocations,
        own.map(o -> new OwnProvider(o.domain, o.token, keyServers, domains, clock)),
        trace);
  }
}
