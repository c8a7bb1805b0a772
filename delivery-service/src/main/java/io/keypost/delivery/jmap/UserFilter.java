package io.keypost.delivery.jmap;

import io.keypost.delivery.http.Waiting;
import io.keypost.directory.token.AccessTokens;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Finds out whose token came. Runs once the method was chosen, so it sees the method and never the
 * spelling of the path (threat T41).
 */
@ApplicationScoped
class UserFilter {
  private static final String BEARER = "Bearer ";
  private static final String AUDIENCE = "mailbox";

  /** Longest wait for the key server's token keys. */
  private static final Duration KEYS_TIMEOUT = Duration.ofSeconds(10);

  private final AccessTokens tokens;
  private final CurrentUser current;

  UserFilter(AccessTokens tokens, CurrentUser current) {
    this.tokens = tokens;
    this.current = current;
  }

  @ServerRequestFilter
  public void filter(ContainerRequestContext request, ResourceInfo resource) {
    if (!resource.getResourceMethod().isAnnotationPresent(ForUser.class)) {
      throw RefusedException.of(RefusalCode.FORBIDDEN, "this is for nobody");
    }
    String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (authorization == null || !authorization.startsWith(BEARER)) {
      throw RefusedException.of(RefusalCode.UNAUTHENTICATED, "no access token was shown");
    }
    String token = authorization.substring(BEARER.length());
    current.set(Waiting.on(tokens.verify(token, AUDIENCE), KEYS_TIMEOUT).subject());
  }
}
