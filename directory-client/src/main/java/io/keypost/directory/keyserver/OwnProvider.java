package io.keypost.directory.keyserver;

import io.keypost.directory.DomainView;
import io.keypost.directory.cache.TimedCache;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How a user's client looks addresses up: its own provider's key server asks the foreign one and
 * passes the signed records on unchanged, so that foreign providers do not see who asks. The client
 * verifies them as if they had come from the source, the pin included, which it looks up itself.
 *
 * <p>One answer brings the records of the address, of what it points at, and of their domains; they
 * are held for a moment, not verified, until the verification asks for them.
 */
public final class OwnProvider {
  /** How long an answer's records wait for their verification. */
  private static final Duration HELD = Duration.ofSeconds(10);

  private static final int MAX_HELD = 1_000;

  private final MailDomain domain;
  private final Supplier<CompletionStage<String>> token;
  private final KeyServers keyServers;
  private final Function<MailDomain, CompletionStage<DomainView>> domains;
  private final TimedCache<Address, AddressAnswer> addresses;
  private final TimedCache<MailDomain, String> domainRecords;
  private final TimedCache<MailDomain, String> serverRecords;
  private final TimedCache<MailDomain, String> revocations;

  /**
   * Asks the key server of {@code domain}.
   *
   * @param domain the user's own domain
   * @param token an access token for the audience {@code directory}
   */
  public OwnProvider(
      MailDomain domain,
      Supplier<CompletionStage<String>> token,
      KeyServers keyServers,
      Function<MailDomain, CompletionStage<DomainView>> domains,
      InstantSource clock) {
    this.domain = domain;
    this.token = token;
    this.keyServers = keyServers;
    this.domains = domains;
    this.addresses = new TimedCache<>(clock, MAX_HELD);
    this.domainRecords = new TimedCache<>(clock, MAX_HELD);
    this.serverRecords = new TimedCache<>(clock, MAX_HELD);
    this.revocations = new TimedCache<>(clock, MAX_HELD);
  }

  /** The record of {@code address}; those that come with it are held. */
  public CompletionStage<String> addressRecord(Address address) {
    Optional<AddressAnswer> held = addresses.ifPresent(address);
    // Used once: whoever asks again wants what is so now.
    addresses.forget(address);
    return held.map(OwnProvider::recordOf).orElseGet(() -> ask(address));
  }

  /** The record of a domain, if one came with an address a moment ago. */
  public Optional<String> heldDomainRecord(MailDomain foreign) {
    Optional<String> held = domainRecords.ifPresent(foreign);
    domainRecords.forget(foreign);
    return held;
  }

  /** The record of an operator's servers, if one came with an address a moment ago. */
  public Optional<String> heldServersRecord(MailDomain operator) {
    Optional<String> held = serverRecords.ifPresent(operator);
    serverRecords.forget(operator);
    return held;
  }

  /** What a domain has revoked, if that came with an address a moment ago. */
  public Optional<String> heldRevocations(MailDomain foreign) {
    Optional<String> held = revocations.ifPresent(foreign);
    revocations.forget(foreign);
    return held;
  }

  private CompletionStage<String> ask(Address address) {
    PeerRequest request =
        PeerRequest.post("/v1/lookups", "application/json", KeyServerJson.lookup(List.of(address)));
    return domains
        .apply(domain)
        .thenCombine(
            token.get(),
            (own, bearer) ->
                keyServers.askTrusted(own, request.withHeader("authorization", "Bearer " + bearer)))
        .thenCompose(Function.identity())
        .thenApply(KeyServerJson::lookupAnswer)
        .thenCompose(answer -> takeApart(address, answer));
  }

  private CompletionStage<String> takeApart(Address asked, LookupAnswer answer) {
    answer.domains().forEach((name, record) -> domainRecords.put(name, record, HELD));
    answer.servers().forEach((name, record) -> serverRecords.put(name, record, HELD));
    answer.revocations().forEach((name, record) -> revocations.put(name, record, HELD));
    answer
        .addresses()
        .forEach(
            (address, found) -> {
              if (!address.equals(asked)) {
                addresses.put(address, found, HELD);
              }
            });
    AddressAnswer found = answer.addresses().get(asked);
    return found == null
        ? CompletableFuture.failedFuture(
            RefusedException.of(
                RefusalCode.DIRECTORY_UNAVAILABLE, "the key server says nothing of " + asked))
        : recordOf(found);
  }

  private static CompletionStage<String> recordOf(AddressAnswer answer) {
    return switch (answer) {
      case AddressAnswer.Found found -> CompletableFuture.completedFuture(found.record());
      case AddressAnswer.Problem problem -> CompletableFuture.failedFuture(problem.refusal());
    };
  }
}
