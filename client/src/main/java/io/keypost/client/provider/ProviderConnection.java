package io.keypost.client.provider;

import io.keypost.client.home.ClientSettings;
import io.keypost.client.json.Json;
import io.keypost.client.json.Problems;
import io.keypost.directory.DomainView;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One user's way to his own provider, and through its key server to all others (KP-KSV-3). Access
 * tokens are fetched when needed and never sent anywhere but to the provider's own servers, which
 * prove by certificate that they are (KP-TOK-3).
 */
public final class ProviderConnection implements AutoCloseable {
  /** A token is not used in the last part of its life. */
  private static final Duration TOKEN_MARGIN = Duration.ofSeconds(60);

  /** For one request to the own provider. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int HTTPS_PORT = 443;

  private final Vertx vertx;
  private final Address user;
  private final LoginKey login;
  private final InstantSource clock;
  private final SecureRandom random;
  private final ClientSettings settings;
  private final PinMemory pins;
  private final DirectoryClient directory;
  private final Map<TokenAudience, AccessGrant> grants = new EnumMap<>(TokenAudience.class);

  /**
   * Opens nothing yet.
   *
   * @param vertx the caller's, who closes it
   * @param user whose provider
   */
  public ProviderConnection(
      Vertx vertx,
      Address user,
      LoginKey login,
      ClientSettings settings,
      PinMemory pins,
      InstantSource clock,
      SecureRandom random) {
    this.vertx = vertx;
    this.user = user;
    this.login = login;
    this.settings = settings;
    this.pins = pins;
    this.clock = clock;
    this.random = random;
    this.directory = newDirectory(ResolutionTrace.NONE);
  }

  private record TokenAnswer(
      @Nullable String access_token,
      @Nullable Long expires_in,
      @Nullable String submission_url,
      @Nullable String mailbox_url) {}

  /** The directory, with a cache. */
  public DirectoryClient directory() {
    return directory;
  }

  /** A directory that has cached nothing, and tells each link it finds; the caller closes it. */
  public DirectoryClient newDirectory(ResolutionTrace trace) {
    return new DirectoryBuilder(vertx, settings.directory(), clock)
        .viaOwnProvider(user.domain(), this::directoryToken)
        .pins(pins)
        .trace(trace)
        .build();
  }

  /** Runs on the directory's threads, which must not be blocked: so it does not wait. */
  private CompletionStage<String> directoryToken() {
    AccessGrant kept = kept(TokenAudience.DIRECTORY);
    return kept != null
        ? CompletableFuture.completedFuture(kept.bearer())
        : request(TokenAudience.DIRECTORY).thenApply(AccessGrant::bearer);
  }

  /** A token for this audience, kept or new. */
  AccessGrant grant(TokenAudience audience) {
    AccessGrant kept = kept(audience);
    return kept != null ? kept : Waiting.onRepeatable(() -> request(audience));
  }

  private @Nullable AccessGrant kept(TokenAudience audience) {
    synchronized (grants) {
      AccessGrant grant = grants.get(audience);
      return grant != null && clock.instant().isBefore(grant.goodUntil()) ? grant : null;
    }
  }

  private CompletionStage<AccessGrant> request(TokenAudience audience) {
    return directory
        .domain(user.domain())
        .thenCompose(
            own ->
                trust()
                    .thenCompose(
                        trusted -> ask(own, trusted, keyServer -> token(audience, keyServer))))
        .thenApply(answer -> keep(audience, Json.read(answer.body(), TokenAnswer.class)));
  }

  /** An assertion is for the token endpoint of the one key server that it is sent to. */
  private PeerRequest token(TokenAudience audience, PeerTarget keyServer) {
    String endpoint =
        "https://" + new KeyServerName(keyServer.host(), keyServer.port()) + "/v1/tokens";
    String form =
        "grant_type="
            + encoded(GRANT_TYPE)
            + "&assertion="
            + login.assertion(user, endpoint, clock.instant(), random)
            + "&audience="
            + audience.word();
    return PeerRequest.post("/v1/tokens", FORM, Bytes.utf8(form));
  }

  private AccessGrant keep(TokenAudience audience, TokenAnswer answer) {
    Instant now = clock.instant();
    AccessGrant grant =
        new AccessGrant(
            Json.required(answer.access_token, "access_token"),
            now.plusSeconds(Json.required(answer.expires_in, "expires_in")).minus(TOKEN_MARGIN),
            URI.create(Json.required(answer.submission_url, "submission_url")),
            URI.create(Json.required(answer.mailbox_url, "mailbox_url")));
    synchronized (grants) {
      grants.put(audience, grant);
    }
    return grant;
  }

  /**
   * Asks the own key server, with a token for the directory.
   *
   * @throws RefusedException what it refuses, or why it cannot be asked
   */
  PeerAnswer askWithToken(PeerRequest request) {
    return ask(TokenAudience.DIRECTORY, request);
  }

  /**
   * Asks the own key server, with a token for {@code audience}.
   *
   * @throws RefusedException what it refuses, or why it cannot be asked
   */
  PeerAnswer ask(TokenAudience audience, PeerRequest request) {
    String bearer = grant(audience).bearer();
    return askKeyServer(request.withHeader("authorization", "Bearer " + bearer));
  }

  /**
   * Asks the own key server.
   *
   * @throws RefusedException what it refuses, or why it cannot be asked
   */
  PeerAnswer askKeyServer(PeerRequest request) {
    // What is asked may change something, so it is asked once; finding and trusting the key server
    // may be tried again.
    DomainView own = Waiting.onRepeatable(() -> directory.domain(user.domain()));
    PeerTrust trusted = Waiting.onRepeatable(this::trust);
    return Waiting.on(ask(own, trusted, keyServer -> request));
  }

  /** Asks the first of the pin's key servers that can be reached, and only that one. */
  private CompletionStage<PeerAnswer> ask(
      DomainView own, PeerTrust trusted, Function<PeerTarget, PeerRequest> request) {
    return directory
        .http()
        .exchangeOnce(
            keyServer -> patient(request.apply(keyServer)),
            own.pin().keyServers().stream().map(PeerTarget::of).toList(),
            trusted)
        .thenApply(ProviderConnection::requireSuccess);
  }

  /** Servers of the operator that the user's own domain names, and no others. */
  CompletionStage<PeerTrust> trust() {
    return directory
        .domain(user.domain())
        .thenCompose(own -> directory.domain(own.pin().operator()))
        .thenApply(operator -> PeerTrust.serverOf(operator.verified()));
  }

  static PeerAnswer requireSuccess(PeerAnswer answer) {
    if (!answer.isSuccess()) {
      throw Problems.of(answer.status(), answer.body());
    }
    return answer;
  }

  /** The own provider asks others while a person waits: longer than a service would. */
  static PeerRequest patient(PeerRequest request) {
    return request.timeout().compareTo(PATIENCE) >= 0
        ? request
        : new PeerRequest(
            request.method(),
            request.path(),
            request.headers(),
            request.body(),
            request.maxAnswerOctets(),
            PATIENCE);
  }

  static PeerTarget target(URI uri) {
    return new PeerTarget(
        MailDomain.parse(Json.required(uri.getHost(), "host")),
        uri.getPort() < 0 ? HTTPS_PORT : uri.getPort());
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  Vertx vertx() {
    return vertx;
  }

  /** Whose provider it is. */
  public Address user() {
    return user;
  }

  LoginKey login() {
    return login;
  }

  InstantSource clock() {
    return clock;
  }

  /** Ends its connections. */
  @Override
  public void close() {
    directory.close();
  }
}
