package io.keypost.ingress.http;

import io.keypost.directory.token.AccessTokens;
import io.keypost.ingress.Caller;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Says who calls. */
final class Callers {
  private static final String SUBMISSION = "submission";
  private static final String SCHEME = "Bearer ";

  private final AccessTokens tokens;
  private final Connections connections;

  Callers(AccessTokens tokens, Connections connections) {
    this.tokens = tokens;
    this.connections = connections;
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

  /** The operator whose server holds the connection, if that was verified already. */
  Optional<Caller.Peer> remembered(HttpServerRequest request) {
    return connections.remembered(request.connection()).map(Caller.Peer::new);
  }

  /**
   * The operator whose server holds the connection; completes exceptionally with {@link
   * RefusedException}.
   */
  CompletionStage<Caller.Peer> peer(HttpServerRequest request) {
    return connections.peer(request.connection()).thenApply(Caller.Peer::new);
  }
}
