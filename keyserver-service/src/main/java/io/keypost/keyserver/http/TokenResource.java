package io.keypost.keyserver.http;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.desk.TokenDesk;
import io.keypost.keyserver.token.AccessTokenIssuer;
import io.keypost.keyserver.token.Audience;
import io.keypost.keyserver.token.LoginAssertion;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Access tokens by signed assertion (RFC 7523), and the keys that verify them. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class TokenResource {
  /** The one grant type. */
  public static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  private final TokenDesk tokens;
  private final KeyServerConfig config;

  @Inject
  TokenResource(TokenDesk tokens, KeyServerConfig config) {
    this.tokens = tokens;
    this.config = config;
  }

  /** A token, and where to use it. */
  public record TokenAnswer(
      String access_token,
      String token_type,
      long expires_in,
      String submission_url,
      String mailbox_url) {}

  /** Exchanges an assertion. */
  @POST
  @Path("/tokens")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Permit(Permit.Kind.ANYONE)
  public RestResponse<TokenAnswer> exchange(
      @FormParam("grant_type") @NotNull @Size(max = 64) String grantType,
      @FormParam("assertion") @NotNull @Size(max = LoginAssertion.MAX_CHARACTERS) String assertion,
      @FormParam("audience") @NotNull @Size(max = 64) String audience) {
    if (!GRANT_TYPE.equals(grantType)) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "grant_type is " + GRANT_TYPE);
    }
    TokenAnswer answer =
        new TokenAnswer(
            tokens.exchange(assertion, Audience.parse(audience)),
            "Bearer",
            AccessTokenIssuer.LIFE.toSeconds(),
            config.submissionUrl().toString(),
            config.mailboxUrl().toString());
    return ResponseBuilder.ok(answer).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
  }

  /** JWK set (RFC 7517). */
  @GET
  @Path("/token-keys")
  @Permit(Permit.Kind.ANYONE)
  public Map<String, Object> keys() {
    return tokens.keySet();
  }
}
