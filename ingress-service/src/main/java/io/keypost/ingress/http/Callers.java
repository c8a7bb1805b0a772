package io.keypost.ingress.http;

import io.keypost.directory.peer.PeerVerifier;
import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.directory.token.AccessTokens;
import io.keypost.ingress.Caller;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Says who calls. A peer is remembered with its connection until the records that speak for it
 * expire: what a certificate is worth depends on records, so a connection may outlive its right.
 */
final class Callers {
  private static final String SUBMISSION = "submission";
  private static final String SCHEME = "Bearer ";

  private final AccessTokens tokens;
  private final PeerVerifier peers;
  private final InstantSource clock;
  private final Map<HttpConnection, VerifiedPeer> known = new ConcurrentHashMap<>();

  Callers(AccessTokens tokens, PeerVerifier peers, InstantSource clock) {
    this.tokens = tokens;
    this.peers = peers;
    this.clock = clock;
  }

  /**
   * The user whose token stands in the request; completes exceptionally with {@link
   * RefusedException}.
   */
  CompletionStage<Caller> user(HttpServerRequest request) {
    List<String> values = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (values.size() != 1
        || !values.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return CompletableFuture.failedFuture(
          RefusedException.of(
              RefusalCode.UNAUTHENTICATED, "one Authorization header with a bearer token"));
    }
    return tokens
        .verify(values.getFirst().substring(SCHEME.length()), SUBMISSION)
        .thenApply(token -> new Caller.User(token.subject()));
  }

  /**
   * The operator whose server holds the connection; completes exceptionally with {@link
   * RefusedException}.
   */
  CompletionStage<Caller.Peer> peer(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    VerifiedPeer before = known.get(connection);
    if (before != null && clock.instant().isBefore(before.goodUntil())) {
      return CompletableFuture.completedFuture(new Caller.Peer(before));
    }
    return peers
        .verify(chain(connection.sslSession()))
        .thenApply(
            peer -> {
              known.put(connection, peer);
              return new Caller.Peer(peer);
            });
  }

  /** The connection is closed. */
  void forget(HttpConnection connection) {
    known.remove(connection);
  }

  private static List<X509Certificate> chain(SSLSession session) {
    try {
      Certificate[] shown = session.getPeerCertificates();
      return Arrays.stream(shown)
          .filter(X509Certificate.class::isInstance)
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      // None was shown; the verifier says so with its code.
      return List.of();
    }
  }
}
