package io.keypost.directory.net;

import io.keypost.directory.dns.HostLookup;
import io.keypost.directory.identity.IdentityOptions;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.net.TargetAddresses.Endpoint;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.directory.tls.ProofOfPossessionOptions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP to peers: TLS 1.3, HTTP/2 where the peer speaks it, mutual TLS where this service has an
 * identity. Connects to a checked address only, judges who answers by a {@link PeerTrust} before
 * the request leaves, follows no redirect, reads no more than was agreed.
 */
public final class PeerHttp implements AutoCloseable {
  /** Addresses that one exchange tries: as many as there are key servers in a pin (KP-PIN-6). */
  public static final int MAX_ATTEMPTS = Pin.MAX_KEY_SERVERS;

  /**
   * No further address is tried after this time: those that refuse at once may all be tried, of
   * those that are silent two.
   */
  public static final Duration LAST_ATTEMPT = Duration.ofSeconds(8);

  /**
   * Wait for a connection, its handshake included: generous enough for a peer that has just
   * started.
   */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  /**
   * How long connections that were opened under an earlier identity may end what they carry; longer
   * than any request.
   */
  public static final Duration RETIRED_AFTER = Duration.ofMinutes(15);

  /** An idle connection is closed after this time. */
  public static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  /** Connections to one address. */
  private static final int MAX_CONNECTIONS = 4;

  /** Requests that wait for a connection to one address; one more fails. */
  private static final int MAX_WAITING = 256;

  private static final int MAX_HEADER_OCTETS = 16 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(PeerHttp.class);

  /** Connections, and the identity that their handshakes may have shown. */
  private record Opened(Optional<ServerIdentity> identity, HttpClient client) {
    boolean isOf(Optional<ServerIdentity> now) {
      return identity.map(ServerIdentity::toString).equals(now.map(ServerIdentity::toString));
    }
  }

  private final Vertx vertx;
  private final Supplier<Optional<ServerIdentity>> identity;
  private final AtomicReference<Opened> opened;
  private final TargetAddresses addresses;
  private final InstantSource clock;

  /**
   * Makes the client; no connection is opened yet.
   *
   * @param identity what is shown to peers that ask for a certificate, looked at in each handshake
   * @param refused told of each address that DNS gives for a target and that is not connected to
   */
  public PeerHttp(
      Vertx vertx,
      HostLookup hosts,
      AllowedTargets allowed,
      Supplier<Optional<ServerIdentity>> identity,
      InstantSource clock,
      Consumer<PeerTarget> refused) {
    this.vertx = vertx;
    this.clock = clock;
    this.addresses = new TargetAddresses(hosts, allowed, clock, refused);
    this.identity = identity;
    this.opened = new AtomicReference<>(new Opened(identity.get(), newClient()));
  }

  private HttpClient newClient() {
    return vertx.createHttpClient(
        options(identity),
        new PoolOptions()
            .setHttp1MaxSize(MAX_CONNECTIONS)
            .setHttp2MaxSize(MAX_CONNECTIONS)
            .setMaxWaitQueueSize(MAX_WAITING));
  }

  /**
   * A connection shows for its whole life what it showed when it was opened: with another identity
   * new ones are opened, and the old ones are closed once they have ended what they carry.
   */
  private HttpClient client() {
    Opened current = opened.get();
    Optional<ServerIdentity> now = identity.get();
    if (current.isOf(now)) {
      return current.client();
    }
    Opened next = new Opened(now, newClient());
    if (opened.compareAndSet(current, next)) {
      vertx.setTimer(RETIRED_AFTER.toMillis(), _ -> end(current.client()));
    } else {
      end(next.client());
    }
    return opened.get().client();
  }

  private static void end(HttpClient client) {
    client.close().onFailure(error -> LOG.debug("connections did not close", error));
  }

  /** What every connection to a peer has, for those who need a client of their own. */
  public static HttpClientOptions options(Supplier<Optional<ServerIdentity>> identity) {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
        .setForceSni(true)
        // The chain and the name are judged by the PeerTrust of each request, see ask().
        .setVerifyHost(false)
        .setTrustOptions(new ProofOfPossessionOptions())
        .setKeyCertOptions(new IdentityOptions(identity))
        .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
        .setSslHandshakeTimeout(CONNECT_TIMEOUT.toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setKeepAliveTimeout((int) KEEP_ALIVE.toSeconds())
        .setHttp2KeepAliveTimeout((int) KEEP_ALIVE.toSeconds())
        .setMaxHeaderSize(MAX_HEADER_OCTETS)
        .setDecompressionSupported(false)
        .setMaxRedirects(0)
        .setInitialSettings(
            new Http2Settings().setPushEnabled(false).setMaxHeaderListSize(MAX_HEADER_OCTETS));
  }

  /**
   * Sends a request to the first of the targets' addresses that answers.
   *
   * @return the answer with any status below 500; completes exceptionally with {@link
   *     RefusedException}: {@code directory_unavailable}, {@code clock_wrong}, {@code
   *     target_not_allowed}, or what DNS refused
   */
  public CompletionStage<PeerAnswer> exchange(
      PeerRequest request, List<PeerTarget> targets, PeerTrust trust) {
    return addresses
        .of(targets)
        .thenCompose(
            endpoints ->
                attempt(request, trust, new Attempts(endpoints, clock.instant()), 0)
                    .toCompletionStage());
  }

  /**
   * Sends a request to the first of the targets' addresses that can be connected to and is trusted,
   * and to no other: for what may change something, which must not be done twice because an answer
   * was lost.
   *
   * @param request for the target that it will be sent to
   * @return as {@link #exchange}
   */
  public CompletionStage<PeerAnswer> exchangeOnce(
      Function<PeerTarget, PeerRequest> request, List<PeerTarget> targets, PeerTrust trust) {
    return addresses
        .of(targets)
        .thenCompose(
            endpoints ->
                sendOnce(request, trust, new Attempts(endpoints, clock.instant()), 0)
                    .toCompletionStage());
  }

  private Future<PeerAnswer> sendOnce(
      Function<PeerTarget, PeerRequest> requests, PeerTrust trust, Attempts attempts, int index) {
    Endpoint endpoint = attempts.endpoints.get(index);
    PeerRequest request = requests.apply(endpoint.target());
    return connect(endpoint, trust, request.method(), request.path())
        .transform(
            connected -> {
              if (connected.succeeded()) {
                return answer(connected.result(), request, endpoint);
              }
              addresses.failed(endpoint);
              attempts.failures.add(why(endpoint, connected.cause()));
              return attempts.mayTry(index + 1, clock.instant())
                  ? sendOnce(requests, trust, attempts, index + 1)
                  : Future.failedFuture(attempts.refusal(connected.cause()));
            });
  }

  /** The one answer to a request that is sent once. */
  private Future<PeerAnswer> answer(
      HttpClientRequest open, PeerRequest request, Endpoint endpoint) {
    return withinTime(request, promise -> carry(open, request, endpoint, promise))
        .compose(PeerHttp::requireAnswer)
        .onSuccess(answer -> addresses.worked(endpoint))
        .recover(
            error -> {
              addresses.failed(endpoint);
              return Future.failedFuture(
                  RefusedException.of(codeOf(error), why(endpoint, error), error));
            });
  }

  /**
   * Opens a request whose body the caller streams, at the first of the target's addresses that can
   * be connected to and is trusted.
   *
   * @return completes exceptionally with {@link RefusedException}: {@code unavailable}, {@code
   *     target_not_allowed}, a {@code certificate_…} code, or what DNS refused
   */
  public CompletionStage<HttpClientRequest> open(
      PeerTarget target, PeerTrust trust, HttpMethod method, String path) {
    return addresses
        .of(List.of(target))
        .thenCompose(
            endpoints ->
                openFirst(trust, method, path, new Attempts(endpoints, clock.instant()), 0)
                    .toCompletionStage());
  }

  /** The addresses of one exchange, in their order, and what became of those that were tried. */
  private record Attempts(List<Endpoint> endpoints, Instant begun, List<String> failures) {
    Attempts(List<Endpoint> endpoints, Instant begun) {
      this(endpoints, begun, new ArrayList<>());
    }

    RefusedException refusal(Throwable last) {
      return RefusedException.of(codeOf(last), String.join("; ", failures), last);
    }

    boolean mayTry(int index, Instant now) {
      return index < Math.min(endpoints.size(), MAX_ATTEMPTS)
          && now.isBefore(begun.plus(LAST_ATTEMPT));
    }
  }

  private Future<HttpClientRequest> openFirst(
      PeerTrust trust, HttpMethod method, String path, Attempts attempts, int index) {
    Endpoint endpoint = attempts.endpoints.get(index);
    return connect(endpoint, trust, method, path)
        .onSuccess(request -> addresses.worked(endpoint))
        .recover(
            error -> {
              addresses.failed(endpoint);
              int next = index + 1;
              return attempts.mayTry(next, clock.instant())
                  ? openFirst(trust, method, path, attempts, next)
                  : Future.failedFuture(
                      error instanceof RefusedException
                          ? error
                          : RefusedException.of(
                              RefusalCode.UNAVAILABLE, why(endpoint, error), error));
            });
  }

  private Future<PeerAnswer> attempt(
      PeerRequest request, PeerTrust trust, Attempts attempts, int index) {
    Endpoint endpoint = attempts.endpoints.get(index);
    return once(request, trust, endpoint)
        .compose(PeerHttp::requireAnswer)
        .onSuccess(answer -> addresses.worked(endpoint))
        .recover(
            error -> {
              addresses.failed(endpoint);
              attempts.failures.add(why(endpoint, error));
              int next = index + 1;
              return attempts.mayTry(next, clock.instant())
                  ? attempt(request, trust, attempts, next)
                  : Future.failedFuture(attempts.refusal(error));
            });
  }

  /** What a server says of its own fault is no answer. */
  private static Future<PeerAnswer> requireAnswer(PeerAnswer answer) {
    return answer.status() >= 500
        ? Future.failedFuture(new IOException("status " + answer.status()))
        : Future.succeededFuture(answer);
  }

  /** A certificate that is not valid yet tells of clocks and not of a key server that is away. */
  private static RefusalCode codeOf(Throwable error) {
    return error instanceof RefusedException refused
            && refused.code() == RefusalCode.CERTIFICATE_NOT_YET_VALID
        ? RefusalCode.CLOCK_WRONG
        : RefusalCode.DIRECTORY_UNAVAILABLE;
  }

  private Future<PeerAnswer> once(PeerRequest request, PeerTrust trust, Endpoint endpoint) {
    return withinTime(
        request,
        promise ->
            connect(endpoint, trust, request.method(), request.path())
                .compose(open -> carry(open, request, endpoint, promise)));
  }

  /** Sends an open request; it is reset when {@code promise} fails before there is an answer. */
  private static Future<PeerAnswer> carry(
      HttpClientRequest open, PeerRequest request, Endpoint endpoint, Promise<PeerAnswer> promise) {
    request.headers().forEach(open::putHeader);
    promise.future().onFailure(error -> abandon(open));
    return open.send(Buffer.buffer(request.body().toByteArray()))
        .compose(response -> read(response, open, request, endpoint));
  }

  /** The outcome of {@code work}, or a failure after the request's time. */
  private Future<PeerAnswer> withinTime(
      PeerRequest request, Function<Promise<PeerAnswer>, Future<PeerAnswer>> work) {
    Promise<PeerAnswer> promise = Promise.promise();
    long timer =
        vertx.setTimer(
            request.timeout().toMillis(),
            fired -> promise.tryFail(new TimeoutException("no answer in time")));
    work.apply(promise)
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              if (done.succeeded()) {
                promise.tryComplete(done.result());
              } else {
                promise.tryFail(done.cause());
              }
            });
    return promise.future();
  }

  private Future<HttpClientRequest> connect(
      Endpoint endpoint, PeerTrust trust, HttpMethod method, String path) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setURI(path)
            // The address that was checked is the one connected to (T13); the name is sent as SNI
            // and authority only.
            .setServer(
                SocketAddress.inetSocketAddress(
                    endpoint.target().port(), endpoint.address().getHostAddress()))
            .setHost(endpoint.target().host().value())
            .setPort(endpoint.target().port())
            .setConnectTimeout(CONNECT_TIMEOUT.toMillis())
            .setFollowRedirects(false);
    return client()
        .request(options)
        .compose(
            request -> {
              // Failures reach the futures; without a handler Vert.x logs each as an error too.
              request.exceptionHandler(error -> LOG.debug("{}: {}", endpoint, error.toString()));
              try {
                trust.require(
                    chainOf(request.connection().sslSession()),
                    endpoint.target().host(),
                    clock.instant());
                return Future.succeededFuture(request);
              } catch (RefusedException | SSLPeerUnverifiedException e) {
                abandon(request);
                return request
                    .connection()
                    .close()
                    .transform(closed -> Future.<HttpClientRequest>failedFuture(e));
              }
            });
  }

  private static List<X509Certificate> chainOf(@Nullable SSLSession session)
      throws SSLPeerUnverifiedException {
    if (session == null) {
      throw new SSLPeerUnverifiedException("the connection was closed");
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : session.getPeerCertificates()) {
      if (certificate instanceof X509Certificate x509) {
        chain.add(x509);
      }
    }
    return chain;
  }

  private static Future<PeerAnswer> read(
      HttpClientResponse response, HttpClientRequest open, PeerRequest request, Endpoint endpoint) {
    Promise<PeerAnswer> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > request.maxAnswerOctets()) {
            abandon(open);
            promise.tryFail(
                new IOException("an answer of more than " + request.maxAnswerOctets() + " octets"));
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.exceptionHandler(promise::tryFail);
    response.endHandler(
        end ->
            promise.tryComplete(
                new PeerAnswer(
                    response.statusCode(),
                    response.getHeader("content-type"),
                    Bytes.copyOf(body.getBytes()),
                    endpoint.target(),
                    endpoint.socketAddress())));
    return promise.future();
  }

  /** Over HTTP/2 the stream alone ends, else the connection; false if it had ended before. */
  private static boolean abandon(HttpClientRequest request) {
    return request.reset();
  }

  private static String why(Endpoint endpoint, Throwable error) {
    @Nullable String message = error.getMessage();
    return endpoint.target()
        + " at "
        + endpoint.address().getHostAddress()
        + ": "
        + (message == null ? "the connection broke off" : message);
  }

  /** Closes all connections. */
  @Override
  public void close() {
    end(opened.get().client());
  }
}
