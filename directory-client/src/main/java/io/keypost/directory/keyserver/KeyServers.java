package io.keypost.directory.keyserver;

import io.keypost.directory.DomainView;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.dns.PinLookup;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The key servers that pins name. What they are trusted by depends on what is asked: a domain
 * record brings its own proof, all else needs a server that is known to be the operator's.
 */
public final class KeyServers {
  private final PeerHttp http;
  private final PinLookup pins;
  private final PeerTrust platform;
  private final Function<MailDomain, CompletionStage<DomainView>> domains;
  private final ResolutionTrace trace;

  /**
   * Asks over {@code http}.
   *
   * @param domains verified domains, for the operators of key servers
   */
  public KeyServers(
      PeerHttp http,
      PinLookup pins,
      PeerTrust platform,
      Function<MailDomain, CompletionStage<DomainView>> domains,
      ResolutionTrace trace) {
    this.http = http;
    this.pins = pins;
    this.platform = platform;
    this.domains = domains;
    this.trace = trace;
  }

  /** The {@code kp-domain} JWS of the pin's domain, not verified. */
  public CompletionStage<String> domainRecord(Pin pin) {
    return recordWithOwnProof(pin, "/v1/domains/" + pin.domain().value());
  }

  /** The {@code kp-revocations} JWS of the pin's domain, not verified. */
  public CompletionStage<String> revocationsRecord(Pin pin) {
    return recordWithOwnProof(pin, "/v1/domains/" + pin.domain().value() + "/revocations");
  }

  /** A record that carries its signer's chain, so that nothing hangs on who hands it out. */
  private CompletionStage<String> recordWithOwnProof(Pin pin, String path) {
    PeerRequest request = PeerRequest.get(path);
    return rootOfOperator(pin)
        .thenCompose(
            root -> ask(pin, request, PeerTrust.chainingTo(root, pin.operator()).or(platform)))
        .thenApply(answer -> KeyServerJson.member(answer, "record"));
  }

  /** The {@code kp-servers} JWS of an operator, not verified. */
  public CompletionStage<String> serversRecord(DomainView operator) {
    MailDomain domain = operator.pin().domain();
    return askTrusted(operator, PeerRequest.get("/v1/operators/" + domain.value() + "/servers"))
        .thenApply(answer -> KeyServerJson.member(answer, "record"));
  }

  /**
   * Asks a key server of the domain, which must prove to be one of the operator in its pin, whose
   * own domain was verified; fails with what the key server refuses.
   */
  public CompletionStage<PeerAnswer> askTrusted(DomainView domain, PeerRequest request) {
    return askAnyStatus(domain, request).thenApply(KeyServers::requireSuccess);
  }

  /** As {@link #askTrusted}, and leaves every status below 500 to the caller. */
  public CompletionStage<PeerAnswer> askAnyStatus(DomainView domain, PeerRequest request) {
    Pin pin = domain.pin();
    return operatorOf(domain)
        .thenCompose(
            operator ->
                exchange(pin, request, PeerTrust.serverOf(operator.verified()).or(platform)));
  }

  /**
   * Asks a key server of an operator for what only its own servers are told: public CAs give no
   * right to answer.
   */
  public CompletionStage<PeerAnswer> askOwn(DomainView operator, PeerRequest request) {
    return exchange(
        requireNoFurtherOperator(operator).pin(), request, PeerTrust.serverOf(operator.verified()));
  }

  private CompletionStage<PeerAnswer> ask(Pin pin, PeerRequest request, PeerTrust trust) {
    return exchange(pin, request, trust).thenApply(KeyServers::requireSuccess);
  }

  private CompletionStage<PeerAnswer> exchange(Pin pin, PeerRequest request, PeerTrust trust) {
    List<PeerTarget> targets = pin.keyServers().stream().map(PeerTarget::of).toList();
    return http.exchange(request, targets, trust)
        .whenComplete(
            (answer, error) -> {
              if (error != null) {
                // DNS may have moved the key servers since.
                pins.forget(pin.domain());
              } else {
                trace.step(
                    new ResolutionStep.KeyServerAnswered(
                        pin.domain(), answer.target(), answer.from(), request.path()));
              }
            });
  }

  private static PeerAnswer requireSuccess(PeerAnswer answer) {
    if (!answer.isSuccess()) {
      throw KeyServerJson.refusal(answer);
    }
    return answer;
  }

  /** The root under which the pin's key servers stand, from DNS alone. */
  private CompletionStage<Digest> rootOfOperator(Pin pin) {
    return pin.operator().equals(pin.domain())
        ? CompletableFuture.completedFuture(pin.root())
        : pins.pin(pin.operator()).thenApply(answer -> answer.pin().root());
  }

  private CompletionStage<DomainView> operatorOf(DomainView domain) {
    MailDomain operator = domain.pin().operator();
    return operator.equals(domain.pin().domain())
        ? CompletableFuture.completedFuture(domain)
        : domains.apply(operator).thenApply(KeyServers::requireNoFurtherOperator);
  }

  /** Without this, a chain of operators could be made as long as somebody likes. */
  private static DomainView requireNoFurtherOperator(DomainView operator) {
    Pin pin = operator.pin();
    if (!pin.operator().equals(pin.domain())) {
      throw RefusedException.of(
          RefusalCode.RECORD_UNTRUSTED,
          pin.domain() + " is named as an operator, and names another operator itself");
    }
    return operator;
  }
}
