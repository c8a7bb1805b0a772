package io.keypost.ingress.http;

import io.keypost.directory.peer.PeerVerifier;
import io.keypost.directory.peer.VerifiedPeer;
import io.vertx.core.http.HttpConnection;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The connections that are open, and the peer of each that was verified. A peer is remembered with
 * its connection until the records that speak for it expire: what a certificate is worth depends on
 * records, so a connection may outlive its right. Thread safe.
 */
final class Connections {
  private final PeerVerifier peers;
  private final InstantSource clock;
  private final Map<HttpConnection, Optional<VerifiedPeer>> open = new ConcurrentHashMap<>();

  Connections(PeerVerifier peers, InstantSource clock) {
    this.peers = peers;
    this.clock = clock;
  }

  void opened(HttpConnection connection) {
    open.put(connection, Optional.empty());
  }

  void closed(HttpConnection connection) {
    open.remove(connection);
  }

  /** Those that are open now. */
  List<HttpConnection> all() {
    return List.copyOf(open.keySet());
  }

  int size() {
    return open.size();
  }

  /** The peer of the connection, if it was verified and need not be again. */
  Optional<VerifiedPeer> remembered(HttpConnection connection) {
    return open.getOrDefault(connection, Optional.empty())
        .filter(peer -> clock.instant().isBefore(peer.goodUntil()));
  }

  /**
   * The operator whose server holds the connection; completes exceptionally with {@link
   * io.keypost.protocol.refusal.RefusedException}.
   */
  CompletionStage<VerifiedPeer> peer(HttpConnection connection) {
    Optional<VerifiedPeer> before = remembered(connection);
    if (before.isPresent()) {
      return CompletableFuture.completedFuture(before.get());
    }
    return peers
        .verify(chain(connection.sslSession()))
        .thenApply(
            peer -> {
              // Only while it is open: it may have been closed meanwhile, and then nobody forgets.
              open.computeIfPresent(connection, (_, _) -> Optional.of(peer));
              return peer;
            });
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
