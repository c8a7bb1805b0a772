package io.keypost.keyserver.http;

import io.keypost.directory.Refusals;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.peer.ProofsInProgress;
import io.keypost.keyserver.desk.ServerDesk;
import io.keypost.keyserver.desk.TokenDesk;
import io.keypost.keyserver.limit.Limits;
import io.keypost.keyserver.token.Audience;
import io.keypost.protocol.Digest;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls, by what the method's {@link Permit} says, and charges the caller. Runs once
 * the method was chosen, so it sees the method and never the spelling of the path. A method that
 * says nothing is refused to everybody.
 */
@ApplicationScoped
class CallerFilter {
  private static final String BEARER = "Bearer ";

  /** Longest wait for a peer's own directory while its certificate is checked. */
  private static final int PEER_CHECK_SECONDS = 10;

  /** Peers of one network whose certificates are being checked; beyond it rate_limited. */
  private static final int MAX_PEER_CHECKS_PER_NETWORK = 32;

  private final DirectoryClient directory;
  private final TokenDesk tokens;
  private final ServerDesk servers;
  private final Limits limits;
  private final CurrentCaller current;

  /** No bound altogether: many networks together must not shut out an operator known already. */
  private final ProofsInProgress proofs =
      new ProofsInProgress(Integer.MAX_VALUE, MAX_PEER_CHECKS_PER_NETWORK);

  @Inject
  CallerFilter(
      DirectoryClient directory,
      TokenDesk tokens,
      ServerDesk servers,
      Limits limits,
      CurrentCaller current) {
    this.directory = directory;
    this.tokens = tokens;
    this.servers = servers;
    this.limits = limits;
    this.current = current;
  }

  @ServerRequestFilter
  public void filter(
      ContainerRequestContext request, ResourceInfo resource, RoutingContext routing) {
    Caller.Stranger stranger = Caller.Stranger.at(routing.request().remoteAddress());
    @Nullable Permit permit = resource.getResourceMethod().getAnnotation(Permit.class);
    List<Permit.Kind> kinds = permit == null ? List.of() : Arrays.asList(permit.value());
    if (kinds.contains(Permit.Kind.ANYONE)) {
      limits.charge(stranger.limitKey(), Limits.STRANGER_COST);
      current.set(stranger);
      return;
    }
    String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (kinds.contains(Permit.Kind.USER) && authorization != null) {
      take(() -> user(authorization, Audience.DIRECTORY), stranger);
    } else if (kinds.contains(Permit.Kind.CODE_HOLDER) && authorization != null) {
      take(() -> user(authorization, Audience.KEYRING), stranger);
    } else if (kinds.contains(Permit.Kind.OPERATOR)) {
      take(() -> operator(routing.request(), stranger), stranger);
    } else if (kinds.contains(Permit.Kind.OWN_SERVER)) {
      // Not counted: they ask as often as mail makes them, and bound their requests themselves.
      current.set(limits.prove(stranger.limitKey(), () -> ownServer(routing.request())));
    } else {
      limits.charge(stranger.limitKey(), Limits.STRANGER_COST);
      throw RefusedException.of(RefusalCode.UNAUTHENTICATED, "no credential was shown");
    }
  }

  private void take(Supplier<Caller> proof, Caller.Stranger stranger) {
    Caller caller = limits.prove(stranger.limitKey(), proof);
    limits.charge(caller.limitKey(), Limits.KNOWN_COST);
    current.set(caller);
  }

  private Caller user(String authorization, Audience audience) {
    if (!authorization.startsWith(BEARER)) {
      throw RefusedException.of(RefusalCode.UNAUTHENTICATED, "the credential is not a token");
    }
    TokenDesk.Holder holder = tokens.holder(authorization.substring(BEARER.length()), audience);
    return new Caller.User(holder.address(), holder.loginKey());
  }

  private Caller ownServer(HttpServerRequest request) {
    List<X509Certificate> chain = chain(request.sslSession());
    if (chain.isEmpty()) {
      throw RefusedException.of(RefusalCode.UNAUTHENTICATED, "no credential was shown");
    }
    Digest certificate = CertificateDigests.certificate(chain.getFirst());
    servers.requireOwn(certificate);
    return new Caller.OwnServer(certificate);
  }

  private Caller operator(HttpServerRequest request, Caller.Stranger stranger) {
    List<X509Certificate> chain = chain(request.sslSession());
    if (chain.isEmpty()) {
      throw RefusedException.of(RefusalCode.UNAUTHENTICATED, "no credential was shown");
    }
    try (ProofsInProgress.Place _ = proofs.enter(stranger.network())) {
      return new Caller.Operator(
          directory
              .peers()
              .verify(chain)
              .toCompletableFuture()
              .get(PEER_CHECK_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (TimeoutException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, "the peer's operator cannot be looked up now", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "the key server stops", e);
    }
  }

  private static List<X509Certificate> chain(@Nullable SSLSession session) {
    try {
      Certificate[] shown = session == null ? new Certificate[0] : session.getPeerCertificates();
      return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }
}
