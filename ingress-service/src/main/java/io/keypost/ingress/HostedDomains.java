package io.keypost.ingress;

import io.keypost.directory.Directory;
import io.keypost.directory.DomainView;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether new mail of a domain is taken here: only while the domain names this operator, and not
 * when it leaves it (KP-TRF-11). What is not taken stays in its sender's custody, who resolves
 * anew; so a domain can move to another operator while mail flows.
 *
 * <p>A domain that cannot be looked up now is taken: the stages behind the door look it up again
 * and wait, which loses nothing, and an outage of the directory closes no door.
 */
public final class HostedDomains {
  /** How old a record may be that refuses. */
  static final Duration REFUSES_WHEN_FETCHED_WITHIN = Duration.ofMinutes(1);

  private final Directory directory;
  private final MailDomain operator;
  private final InstantSource clock;

  /** For the provider of {@code operator}. */
  public HostedDomains(Directory directory, MailDomain operator, InstantSource clock) {
    this.directory = directory;
    this.operator = operator;
    this.clock = clock;
  }

  /**
   * What refuses mail of these domains.
   *
   * @return completes, never exceptionally, with {@code not_operator} or nothing
   */
  public CompletionStage<Optional<Refusal>> refuses(Set<MailDomain> domains) {
    List<CompletableFuture<Optional<Refusal>>> asked =
        domains.stream().map(domain -> refuses(domain).toCompletableFuture()).toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            _ -> asked.stream().map(CompletableFuture::join).flatMap(Optional::stream).findFirst());
  }

  private CompletionStage<Optional<Refusal>> refuses(MailDomain domain) {
    Instant now = clock.instant();
    return directory
        .domain(domain)
        .thenCompose(
            kept ->
                names(kept)
                    ? CompletableFuture.completedFuture(kept)
                    : directory.domainFetchedSince(domain, now.minus(REFUSES_WHEN_FETCHED_WITHIN)))
        .handle(
            (view, error) ->
                error != null || names(view)
                    ? Optional.empty()
                    : Optional.of(
                        Refusal.of(
                            RefusalCode.NOT_OPERATOR,
                            domain + " does not have its mail brought to " + operator)));
  }

  private boolean names(DomainView view) {
    return view.record().namesForNewMail(operator, clock.instant());
  }
}
