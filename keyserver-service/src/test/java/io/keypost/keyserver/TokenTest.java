package io.keypost.keyserver;

import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tokens for assertions of a login key: KP-TOK-1, KP-TOK-2; threat T34. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class TokenTest extends ReadyKeyServer {

  @Test
  void givesATokenForASignedAssertionOnceByKpTok2() {
    TestUser alice = enrolled("alice");
    String assertion = alice.assertion(alice.claims(endpoint()));

    Response response = exchange(assertion, "submission");

    response.then().statusCode(200);
    assertThat(response.<String>path("token_type")).isEqualTo("Bearer");
    assertThat(response.<Integer>path("expires_in")).isEqualTo(600);
    assertThat(response.<String>path("submission_url")).endsWith("/v1/submissions");
    refused(exchange(assertion, "submission"), 400, "assertion_invalid");
  }

  @Test
  void refusesAssertionsForAnotherAudienceOverlongExpiredOrOfAnotherKeyByKpTok1() {
    TestUser alice = enrolled("alice");
    TestUser bob = enrolled("bob");
    Instant now = Instant.now();
    Map<String, Object> elsewhere = alice.claims("https://ks.other.test/v1/tokens");
    Map<String, Object> overlong = alice.claims(endpoint());
    overlong.put("exp", now.plusSeconds(3600).getEpochSecond());
    Map<String, Object> expired = alice.claims(endpoint());
    expired.put("iat", now.minusSeconds(200).getEpochSecond());
    expired.put("exp", now.minusSeconds(100).getEpochSecond());
    Map<String, Object> another = alice.claims(endpoint());
    Map<String, Object> ahead = alice.claims(endpoint());
    ahead.put("iat", now.plusSeconds(600).getEpochSecond());
    ahead.put("exp", now.plusSeconds(700).getEpochSecond());

    for (Map<String, Object> claims : List.of(elsewhere, overlong, expired)) {
      refused(exchange(alice.assertion(claims), "mailbox"), 400, "assertion_invalid");
    }
    refused(exchange(bob.assertion(another), "mailbox"), 400, "assertion_invalid");
    refused(exchange(alice.assertion(ahead), "mailbox"), 503, "clock_wrong");
    TestUser stranger = new TestUser(fresh("nobody"));
    refused(
        exchange(stranger.assertion(stranger.claims(endpoint())), "mailbox"),
        400,
        "assertion_invalid");
  }

  @Test
  void refusesAlgNoneAndAnHmacUnderThePublicKey() {
    TestUser alice = enrolled("alice");
    String[] parts = alice.assertion(alice.claims(endpoint())).split("\\.");
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    for (String alg : List.of("none", "HS256")) {
      String header =
          "{\"alg\":\"" + alg + "\",\"kid\":\"" + alice.thumbprint().base64Url() + "\"}";
      String forged =
          base64.encodeToString(header.getBytes(StandardCharsets.UTF_8)) + "." + parts[1] + ".";
      refused(exchange(forged, "directory"), 400, "assertion_invalid");
      refused(exchange(forged + parts[2], "directory"), 400, "assertion_invalid");
    }
  }

  @Test
  void aTokenForAnotherAudienceOpensNothingHere() {
    TestUser alice = enrolled("alice");
    String token =
        exchange(alice.assertion(alice.claims(endpoint())), "mailbox").path("access_token");

    refused(lookup(user(token), alice.address()), 401, "token_invalid");
    refused(lookup(user("not.a.token"), alice.address()), 401, "token_invalid");
  }
}
