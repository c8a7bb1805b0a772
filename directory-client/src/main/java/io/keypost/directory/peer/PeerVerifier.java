package io.keypost.directory.peer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.directory.Directory;
import io.keypost.directory.DomainView;
import io.keypost.directory.ServersView;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.CheckedCertificate;
import io.keypost.protocol.certificate.ServerNames;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Verifies peers. Before it refuses because an operator, a CA or a certificate is missing in a
 * record, it has the record fetched anew, once in {@link #REFETCH_EVERY} for each peer; when that
 * fails, the refusal is a temporary one.
 */
public final class PeerVerifier {
  /** How often one peer may cause the same record to be fetched anew. */
  public static final Duration REFETCH_EVERY = Duration.ofMinutes(1);

  /** Longest time that a verified peer is not looked at again. */
  public static final Duration LONGEST_TRUST = Duration.ofMinutes(5);

  private static final int MAX_REMEMBERED = 10_000;

  private record Refetch(Digest peer, MailDomain record) {}

  private final Directory directory;
  private final InstantSource clock;
  private final Cache<Refetch, Instant> refetched =
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
        .thenCompose(checked -> listed(checked, operator));
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
      if (!mayBeNewer || !mayRefetch(peer, domain.verified().domain())) {
        return CompletableFuture.failedFuture(first);
      }
      return directory
          .domainFetchedSince(domain.verified().domain(), clock.instant())
          .thenApply(newer -> check(chain, newer));
    }
  }

  private CheckedCertificate check(List<X509Certificate> chain, DomainView domain) {
    return CertificateChecker.check(
        chain,
        domain.verified().rootCertificate(),
        domain.verified().operationalCas(),
        CertificateUse.SERVER,
        domain.verified().domain(),
        clock.instant());
  }

  private CompletionStage<VerifiedPeer> listed(CheckedCertificate checked, MailDomain operator) {
    return directory
        .servers(operator)
        .thenCompose(
            servers ->
                lists(servers, checked) || !mayRefetch(checked.digest(), operator)
                    ? CompletableFuture.completedFuture(servers)
                    : directory.serversFetchedSince(operator, clock.instant()))
        .thenApply(
            servers -> {
              if (!lists(servers, checked)) {
                throw RefusedException.of(
                    RefusalCode.CERTIFICATE_UNLISTED,
                    operator + " does not list the certificate " + checked.digest());
              }
              return new VerifiedPeer(
                  operator,
                  checked.digest(),
                  earliest(
                      checked.goodUntil(),
                      servers.verified().goodUntil(),
                      servers.operator().verified().goodUntil(),
                      clock.instant().plus(LONGEST_TRUST)));
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
                names.apply(view) || !mayRefetch(peer.certificate(), domain)
                    ? CompletableFuture.completedFuture(view)
                    : directory.domainFetchedSince(domain, clock.instant()))
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

  private boolean mayRefetch(Digest peer, MailDomain record) {
    Instant now = clock.instant();
    Refetch key = new Refetch(peer, record);
    boolean[] allowed = {false};
    refetched
        .asMap()
        .compute(
            key,
            (k, last) -> {
              allowed[0] = last == null || !now.isBefore(last.plus(REFETCH_EVERY));
              return allowed[0] ? now : last;
            });
    return allowed[0];
  }

  private static Instant earliest(Instant first, Instant... others) {
    Instant earliest = first;
    for (Instant other : others) {
      earliest = other.isBefore(earliest) ? other : earliest;
    }
    return earliest;
  }
}
