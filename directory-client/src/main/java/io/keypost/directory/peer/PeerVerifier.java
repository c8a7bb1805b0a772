package io.keypost.directory.peer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.directory.Directory;
import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.ServersView;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.CheckedCertificate;
import io.keypost.protocol.certificate.ServerNames;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Verifies peers. Before it refuses because an operator, a CA or a certificate is missing in a
 * record, it has the record fetched anew, once in {@link #REFETCH_EVERY} for each peer (KP-TRF-4).
 * Who comes while that is under way waits for it; when it fails, all who ask before the next one
 * are refused for now only.
 */
public final class PeerVerifier {
  /** How often one peer may cause the same record to be fetched anew. */
  public static final Duration REFETCH_EVERY = Duration.ofMinutes(1);

  /** Longest time that a verified peer is not looked at again. */
  public static final Duration LONGEST_TRUST = Duration.ofMinutes(5);

  private static final int MAX_REMEMBERED = 10_000;

  private enum Kind {
    DOMAIN,
    SERVERS
  }

  private record Refetch(Digest peer, Kind kind, MailDomain name) {}

  /**
   * The last time that a record was fetched anew for a peer.
   *
   * @param failure completes with why it failed, or with nothing; never exceptionally
   */
  private record Attempt(Instant begun, CompletableFuture<Optional<Refusal>> failure) {}

  private final Directory directory;
  private final InstantSource clock;
  private final Cache<Refetch, Attempt> attempts =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

  /** Looks operators up in {@code directory}. */
  public PeerVerifier(Directory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Who holds the key of the chain's leaf, which the handshake has proved.
   *
   * @param chain as shown, leaf first; empty when none was
   * @return completes exceptionally with {@link RefusedException}: a {@code certificate_…} code, or
   *     a temporary one of the look-up
   */
  public CompletionStage<VerifiedPeer> verify(List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      return CompletableFuture.failedFuture(
          RefusedException.of(RefusalCode.CERTIFICATE_MISSING, "no client certificate was shown"));
    }
    MailDomain operator;
    Digest certificate;
    try {
      operator = ServerNames.operatorOf(chain.getFirst());
      certificate = CertificateDigests.certificate(chain.getFirst());
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
    return directory
        .domain(operator)
        .thenCompose(domain -> checked(chain, domain, certificate))
        .thenCompose(checked -> listed(chain, checked, operator));
  }

  private CompletionStage<CheckedCertificate> checked(
      List<X509Certificate> chain, DomainView domain, Digest peer) {
    try {
      return CompletableFuture.completedFuture(check(chain, domain));
    } catch (RefusedException first) {
      // A new CA is in a newer statement, a new root in a newer record; no record mends the rest.
      boolean mayBeNewer =
          first.code() == RefusalCode.CERTIFICATE_UNLISTED
              || first.code() == RefusalCode.CERTIFICATE_UNTRUSTED;
      return mayBeNewer
          ? domainAnew(peer, domain.verified().domain()).thenApply(newer -> check(chain, newer))
          : CompletableFuture.failedFuture(first);
    }
  }

  private CheckedCertificate check(List<X509Certificate> chain, DomainView domain) {
    return CertificateChecker.check(
        chain,
        domain.verified().rootCertificate(),
        domain.verified().operationalCas(),
        domain.verified().revoked().certificates(),
        CertificateUse.SERVER,
        domain.verified().domain(),
        clock.instant());
  }

  private CompletionStage<VerifiedPeer> listed(
      List<X509Certificate> chain, CheckedCertificate checked, MailDomain operator) {
    return directory
        .servers(operator)
        .thenCompose(
            servers ->
                lists(servers, checked)
                    ? CompletableFuture.completedFuture(servers)
                    : anew(
                        new Refetch(checked.digest(), Kind.SERVERS, operator),
                        since -> directory.serversFetchedSince(operator, since),
                        () -> directory.servers(operator)))
        .thenCompose(
            servers ->
                lists(servers, checked)
                    ? CompletableFuture.completedFuture(verified(servers, checked, operator))
                    : unlisted(chain, checked, operator));
  }

  private VerifiedPeer verified(
      ServersView servers, CheckedCertificate checked, MailDomain operator) {
    return new VerifiedPeer(
        operator,
        checked.digest(),
        earliest(
            checked.goodUntil(),
            servers.verified().goodUntil(),
            servers.operator().verified().goodUntil(),
            clock.instant().plus(LONGEST_TRUST)));
  }

  /** What is not listed was perhaps revoked, which has a code of its own (T16). */
  private CompletionStage<VerifiedPeer> unlisted(
      List<X509Certificate> chain, CheckedCertificate checked, MailDomain operator) {
    return domainAnew(checked.digest(), operator)
        .thenApply(
            domain -> {
              CheckedCertificate again = check(chain, domain);
              throw RefusedException.of(
                  RefusalCode.CERTIFICATE_UNLISTED,
                  operator + " does not list the certificate " + again.digest());
            });
  }

  private static boolean lists(ServersView servers, CheckedCertificate checked) {
    return servers.record().certificates().contains(checked.digest());
  }

  /**
   * Whether the peer's operator may send and receive for {@code domain} now.
   *
   * @return the domain; completes exceptionally with {@code operator_not_named} when it does not
   *     name the operator, or a temporary refusal of the look-up
   */
  public CompletionStage<DomainView> requireNamed(VerifiedPeer peer, MailDomain domain) {
    return named(
        peer, domain, view -> view.record().namesForMail(peer.operator(), clock.instant()));
  }

  /** As {@link #requireNamed}, for receipts, which a former operator signs for a while longer. */
  public CompletionStage<DomainView> requireNamedForReceipts(VerifiedPeer peer, MailDomain domain) {
    return named(
        peer, domain, view -> view.record().namesForReceipts(peer.operator(), clock.instant()));
  }

  private CompletionStage<DomainView> named(
      VerifiedPeer peer, MailDomain domain, Function<DomainView, Boolean> names) {
    return directory
        .domain(domain)
        .thenCompose(
            view ->
                names.apply(view)
                    ? CompletableFuture.completedFuture(view)
                    : domainAnew(peer.certificate(), domain))
        .thenApply(
            view -> {
              if (!names.apply(view)) {
                throw RefusedException.of(
                    RefusalCode.OPERATOR_NOT_NAMED,
                    domain + " does not name " + peer.operator() + " as its operator");
              }
              return view;
            });
  }

  private CompletionStage<DomainView> domainAnew(Digest peer, MailDomain domain) {
    return anew(
        new Refetch(peer, Kind.DOMAIN, domain),
        since -> directory.domainFetchedSince(domain, since),
        () -> directory.domain(domain));
  }

  /**
   * A record that was fetched in the last {@link #REFETCH_EVERY}, by this request or by one before
   * it; fails as that fetch did.
   *
   * @param fetch fetches anew what was fetched before an instant
   * @param kept gives what is kept, which after a fetch is that or newer
   */
  private <V> CompletionStage<V> anew(
      Refetch record,
      Function<Instant, CompletionStage<V>> fetch,
      Supplier<CompletionStage<V>> kept) {
    Instant now = clock.instant();
    Attempt mine = new Attempt(now, new CompletableFuture<>());
    Attempt current =
        attempts
            .asMap()
            .compute(
                record,
                (_, last) ->
                    last == null || !now.isBefore(last.begun().plus(REFETCH_EVERY)) ? mine : last);
    if (current.failure() != mine.failure()) {
      return current
          .failure()
          .thenCompose(
              failure ->
                  failure.isPresent()
                      ? CompletableFuture.failedFuture(new RefusedException(failure.get()))
                      : kept.get());
    }
    return fetch
        .apply(now)
        .whenComplete(
            (_, error) ->
                mine.failure()
                    .complete(
                        Optional.ofNullable(error).map(failed -> Refusals.of(failed).refusal())));
  }

  private static Instant earliest(Instant first, Instant... others) {
    Instant earliest = first;
    for (Instant other : others) {
      earliest = other.isBefore(earliest) ? other : earliest;
    }
    return earliest;
  }
}
