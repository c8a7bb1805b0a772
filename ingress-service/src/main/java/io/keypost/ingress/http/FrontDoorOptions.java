package io.keypost.ingress.http;

import io.keypost.directory.identity.IdentityOptions;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.tls.ProofOfPossessionOptions;
import io.keypost.ingress.IngressConfig;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The public port's options. TLS 1.3 and HTTP/2 only (T05); a client certificate is asked for, not
 * demanded, and the handshake proves no more than possession of its key: users have none, and who a
 * peer is can only be said after look-ups.
 */
final class FrontDoorOptions {
  /** The three suites of TLS 1.3 that every stack has; all are AEAD. */
  private static final List<String> CIPHER_SUITES =
      List.of("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");

  /** Request headers together: a token takes some 600 octets. */
  private static final int MAX_HEADER_OCTETS = 8 * 1024;

  /** Octets in flight on one stream before it is read. */
  private static final int STREAM_WINDOW_OCTETS = 256 * 1024;

  /**
   * Octets in flight on one connection: what a paused stream may hold back must leave room for the
   * others.
   */
  private static final int CONNECTION_WINDOW_OCTETS = 8 * 1024 * 1024;

  /**
   * Streams that a client may open and reset at once in {@link #RESET_WINDOW_SECONDS} (T37, rapid
   * reset).
   */
  private static final int MAX_RESETS = 200;

  private static final int RESET_WINDOW_SECONDS = 30;

  private static final int BACKLOG = 1024;

  private FrontDoorOptions() {}

  static HttpServerOptions of(IngressConfig config, Supplier<Optional<ServerIdentity>> identity) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.bindAddress())
            .setPort(config.port())
            .setAcceptBacklog(BACKLOG)
            .setSsl(true)
            .setKeyCertOptions(new IdentityOptions(identity))
            .setTrustOptions(new ProofOfPossessionOptions())
            .setClientAuth(ClientAuth.REQUEST)
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
            .setSslHandshakeTimeout(config.handshakeTimeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_2))
            .setHttp2ClearTextEnabled(false)
            .setInitialSettings(
                new Http2Settings()
                    .setPushEnabled(false)
                    .setMaxConcurrentStreams(config.maxStreams())
                    .setMaxHeaderListSize(MAX_HEADER_OCTETS)
                    .setInitialWindowSize(STREAM_WINDOW_OCTETS))
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_OCTETS)
            .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
            .setHttp2RstFloodWindowDuration(RESET_WINDOW_SECONDS)
            .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
            .setCompressionSupported(false)
            .setDecompressionSupported(false)
            .setHandle100ContinueAutomatically(false)
            .setIdleTimeout((int) config.idleTimeout().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    return options;
  }
}
