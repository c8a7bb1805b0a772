package io.keypost.directory.client;

import io.keypost.directory.AddressView;
import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.ServersView;
import io.keypost.directory.cache.RecordCache;
import io.keypost.directory.cache.RecordCache.Fetched;
import io.keypost.directory.dns.PinAnswer;
import io.keypost.directory.dns.PinLookup;
import io.keypost.directory.keyserver.KeyServers;
import io.keypost.directory.keyserver.LookupBatches;
import io.keypost.directory.keyserver.OwnProvider;
import io.keypost.directory.pin.Confirmation;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Fetches one record and verifies it: the order of the steps, from DNS to a record that may be
 * believed. What is verified stands in {@code protocol}, what is remembered in {@code pin}; this is
 * the only class that knows which comes after which.
 */
final class RecordFetcher {
  private final DirectorySettings settings;
  private final InstantSource clock;
  private final Executor working;
  private final PinLookup pins;
  private final PinGate gate;
  private final KeyServers keyServers;
  private final LookupBatches batches;
  private final RecordCache<MailDomain, Verified<RevocationsRecord>> revocations;
  private final Optional<OwnProvider> ownProvider;
  private final ResolutionTrace trace;

  RecordFetcher(
      DirectorySettings settings,
      InstantSource clock,
      Executor working,
      PinLookup pins,
      PinGate gate,
      KeyServers keyServers,
      LookupBatches batches,
      RecordCache<MailDomain, Verified<RevocationsRecord>> revocations,
      Optional<OwnProvider> ownProvider,
      ResolutionTrace trace) {
    this.settings = settings;
    this.clock = clock;
    this.working = working;
    this.pins = pins;
    this.gate = gate;
    this.keyServers = keyServers;
    this.batches = batches;
    this.revocations = revocations;
    this.ownProvider = ownProvider;
    this.trace = trace;
  }

  /** DNS, pin, memory, record, continuity, and what the domain has revoked. */
  CompletionStage<Fetched<DomainView>> domain(MailDomain domain) {
    return pins.pin(domain)
        .thenCompose(
            answer -> {
              trace.step(new ResolutionStep.PinFound(domain, answer));
              return gate.approach(answer).thenCompose(confirmed -> domain(answer, confirmed));
            })
        .whenComplete(
            (fetched, error) -> {
              if (error != null) {
                // What DNS said did not lead to a record: ask it anew next time.
                pins.forget(domain);
              }
            });
  }

  private CompletionStage<Fetched<DomainView>> domain(PinAnswer answer, Confirmation confirmed) {
    return domainRecord(answer)
        .thenApplyAsync(jws -> verifyDomain(jws, answer), working)
        .thenCompose(
            verified ->
                gate.pass(answer, confirmed, verified)
                    .thenCompose(
                        remembered ->
                            revocations(answer, verified)
                                .thenApply(
                                    revoked ->
                                        viewOf(answer, remembered, verified.revoking(revoked)))));
  }

  private CompletionStage<String> domainRecord(PinAnswer answer) {
    return ownProvider
        .flatMap(own -> own.heldDomainRecord(answer.pin().domain()))
        .<CompletionStage<String>>map(CompletableFuture::completedFuture)
        .orElseGet(() -> keyServers.domainRecord(answer.pin()));
  }

  private VerifiedDomain verifyDomain(String jws, PinAnswer answer) {
    return RecordVerifier.verifyDomain(
        jws, answer.pin().root(), answer.pin().domain(), clock.instant());
  }

  private CompletionStage<Verified<RevocationsRecord>> revocations(
      PinAnswer answer, VerifiedDomain domain) {
    return revocations.get(
        domain.domain(),
        name ->
            ownProvider
                .flatMap(own -> own.heldRevocations(name))
                .<CompletionStage<String>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> keyServers.revocationsRecord(answer.pin()))
                .thenApplyAsync(
                    jws -> RecordVerifier.verifyRevocations(jws, domain, clock.instant()), working)
                .thenApply(
                    verified ->
                        new Fetched<>(
                            verified,
                            DirectorySettings.REFRESH_REVOCATIONS_AFTER,
                            verified.goodUntil())));
  }

  private Fetched<DomainView> viewOf(
      PinAnswer answer, RememberedPin remembered, VerifiedDomain verified) {
    DomainView view = new DomainView(answer.pin(), answer.security(), remembered, verified);
    trace.step(new ResolutionStep.DomainVerified(view));
    return new Fetched<>(view, settings.refreshAfter(), verified.goodUntil());
  }

  /** The record of an address, verified under {@code domains}. */
  CompletionStage<Fetched<AddressView>> address(Address address, DomainSource domains) {
    // By way of the own provider the address comes first: its answer brings the domain's record.
    return ownProvider
        .map(
            own ->
                own.addressRecord(address)
                    .thenCompose(
                        jws ->
                            domains
                                .domain(address.domain())
                                .thenApply(domain -> new Unverified(jws, domain))))
        .orElseGet(
            () ->
                domains
                    .domain(address.domain())
                    .thenCompose(
                        domain ->
                            batches
                                .addressRecord(address, domain)
                                .thenApply(jws -> new Unverified(jws, domain))))
        .thenCompose(
            found ->
                verifying(
                    found,
                    domains,
                    (jws, domain) ->
                        addressView(
                            RecordVerifier.verifyAddress(
                                jws, domain.verified(), address, clock.instant()),
                            domain)))
        .thenApply(
            view -> {
              trace.step(new ResolutionStep.AddressVerified(view));
              return new Fetched<>(view, refreshOf(view), view.verified().goodUntil());
            });
  }

  private Duration refreshOf(AddressView view) {
    return switch (view.record().content()) {
      case AddressRecord.Mailbox mailbox -> settings.refreshAfter();
      case AddressRecord.Alias alias -> settings.refreshAfter();
      case AddressRecord.Unknown unknown -> settings.refreshAbsentAfter();
      case AddressRecord.Revoked revoked -> settings.refreshAbsentAfter();
    };
  }

  private static AddressView addressView(Verified<AddressRecord> verified, DomainView domain) {
    AddressRecord record = verified.record();
    Optional<UserCertificate> certificate =
        record.content() instanceof AddressRecord.Mailbox mailbox
            ? Optional.of(certificateOf(record.address(), mailbox))
            : Optional.empty();
    return new AddressView(verified, domain, certificate);
  }

  private static UserCertificate certificateOf(Address address, AddressRecord.Mailbox mailbox) {
    try {
      UserCertificate certificate = UserCertificate.decode(mailbox.certificate());
      if (certificate.address().equals(address)) {
        return certificate;
      }
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.RECORD_MALFORMED, address + ": " + e.refusal().detail(), e);
    }
    throw RefusedException.of(
        RefusalCode.RECORD_MALFORMED, address + ": the certificate is for another address");
  }

  /** The servers of an operator, verified under its own domain. */
  CompletionStage<Fetched<ServersView>> servers(MailDomain operator, DomainSource domains) {
    return domains
        .domain(operator)
        .thenCompose(
            domain ->
                ownProvider
                    .flatMap(own -> own.heldServersRecord(operator))
                    .<CompletionStage<String>>map(CompletableFuture::completedFuture)
                    .orElseGet(() -> keyServers.serversRecord(domain))
                    .thenApply(jws -> new Unverified(jws, domain)))
        .thenCompose(
            found ->
                verifying(
                    found,
                    domains,
                    (jws, domain) ->
                        new ServersView(
                            RecordVerifier.verifyServers(jws, domain.verified(), clock.instant()),
                            domain)))
        .thenApply(
            view -> {
              trace.step(new ResolutionStep.ServersVerified(view));
              return new Fetched<>(view, settings.refreshAfter(), view.verified().goodUntil());
            });
  }

  /** Where verified domains come from: the cache above. */
  interface DomainSource {
    CompletionStage<DomainView> domain(MailDomain domain);

    CompletionStage<DomainView> domainFetchedSince(MailDomain domain, Instant earliest);
  }

  private record Unverified(String jws, DomainView domain) {}

  @FunctionalInterface
  private interface Verification<V> {
    V verify(String jws, DomainView domain);
  }

  /**
   * Verifies under the domain that is known, and if that fails under the domain as it is now: its
   * signer or its generation may have changed since.
   */
  private <V> CompletionStage<V> verifying(
      Unverified found, DomainSource domains, Verification<V> verification) {
    Instant asked = clock.instant();
    return CompletableFuture.supplyAsync(
            () -> verification.verify(found.jws, found.domain), working)
        .exceptionallyCompose(
            error -> again(found, domains, verification, asked, Refusals.of(error)));
  }

  private <V> CompletionStage<V> again(
      Unverified found,
      DomainSource domains,
      Verification<V> verification,
      Instant asked,
      RefusedException first) {
    boolean underAnotherDomain =
        first.code() == RefusalCode.RECORD_UNTRUSTED || first.code() == RefusalCode.RECORD_EXPIRED;
    if (!underAnotherDomain) {
      return CompletableFuture.failedFuture(first);
    }
    return domains
        .domainFetchedSince(found.domain.verified().domain(), asked)
        .thenApplyAsync(domain -> reverify(found, domain, verification, first), working);
  }

  private static <V> V reverify(
      Unverified found, DomainView domain, Verification<V> verification, RefusedException first) {
    if (domain.verified().digest().equals(found.domain.verified().digest())) {
      throw first;
    }
    return verification.verify(found.jws, domain);
  }
}
