package io.keypost.directory.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.Refusals;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.testing.SettableClock;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** KP-TOK, T34: a token is good for what its own key server signed, and for nothing else. */
class AccessTokensTest {
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final SettableClock clock = new SettableClock(NOW);
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger fetches = new AtomicInteger();
  private KeyPair key = P256.generate(random);
  private AccessTokens tokens;

  @BeforeEach
  void start() {
    tokens =
        new AccessTokens(
            ALPHA,
            () -> {
              fetches.incrementAndGet();
              return CompletableFuture.completedFuture(keySet());
            },
            clock);
  }

  private PeerAnswer keySet() {
    EllipticCurveJsonWebKey jwk = new EllipticCurveJsonWebKey((ECPublicKey) key.getPublic());
    jwk.setKeyId("k1");
    return new PeerAnswer(
        200,
        "application/json",
        Bytes.utf8(new JsonWebKeySet(List.of(jwk)).toJson(OutputControlLevel.PUBLIC_ONLY)),
        new PeerTarget(MailDomain.parse("ks.alpha.test"), 443),
        new InetSocketAddress("127.0.0.1", 443));
  }

  private JsonWebSignature unsigned(Consumer<JwtClaims> change) {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer("alpha.test");
    claims.setSubject("alice@alpha.test");
    claims.setAudience("keypost://alpha.test/submission");
    claims.setIssuedAt(NumericDate.fromSeconds(NOW.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(NOW.plusSeconds(600).getEpochSecond()));
    claims.setJwtId("id-1");
    change.accept(claims);
    JsonWebSignature jws = new JsonWebSignature();
    jws.setHeader("typ", "at+jwt");
    jws.setKeyIdHeaderValue("k1");
    jws.setAlgorithmHeaderValue("ES256");
    jws.setPayload(claims.toJson());
    jws.setKey(key.getPrivate());
    return jws;
  }

  private String token(Consumer<JwtClaims> change) throws Exception {
    return unsigned(change).getCompactSerialization();
  }

  private AccessToken verify(String token, String audience) {
    try {
      return tokens.verify(token, audience).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw Refusals.of(e);
    }
  }

  private void assertRefused(RefusalCode code, String token) {
    assertThatThrownBy(() -> verify(token, "submission"))
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void takesATokenOfItsOwnKeyServer() throws Exception {
    AccessToken token = verify(token(claims -> {}), "submission");

    assertThat(token.subject()).isEqualTo(Address.parse("alice@alpha.test"));
    assertThat(token.expires()).isEqualTo(NOW.plusSeconds(600));
    verify(token(claims -> {}), "submission");
    assertThat(fetches).hasValue(1);
  }

  @Test
  void refusesAnotherAudienceIssuerOrSubjectByKpTok4() throws Exception {
    assertThatThrownBy(() -> verify(token(claims -> {}), "mailbox"))
        .isInstanceOf(RefusedException.class);
    assertRefused(
        RefusalCode.TOKEN_INVALID, token(c -> c.setAudience("keypost://beta.test/submission")));
    assertRefused(
        RefusalCode.TOKEN_INVALID,
        token(
            c -> c.setAudience("keypost://alpha.test/submission", "keypost://alpha.test/mailbox")));
    assertRefused(RefusalCode.TOKEN_INVALID, token(c -> c.setIssuer("beta.test")));
    assertRefused(RefusalCode.TOKEN_INVALID, token(c -> c.setSubject("ALICE@alpha.test")));
    assertRefused(RefusalCode.TOKEN_INVALID, token(c -> c.unsetClaim("sub")));
    assertRefused(RefusalCode.TOKEN_INVALID, token(c -> c.unsetClaim("jti")));
    assertRefused(RefusalCode.TOKEN_INVALID, token(c -> c.unsetClaim("exp")));
  }

  @Test
  void refusesATokenPastItsLifeOrWithALongerOneThanItMayHaveByKpTok3() throws Exception {
    String token = token(claims -> {});
    String tooLong =
        token(
            c ->
                c.setExpirationTime(
                    NumericDate.fromSeconds(NOW.plusSeconds(601).getEpochSecond())));
    String early =
        token(
            c -> {
              c.setIssuedAt(NumericDate.fromSeconds(NOW.plusSeconds(120).getEpochSecond()));
              c.setExpirationTime(NumericDate.fromSeconds(NOW.plusSeconds(600).getEpochSecond()));
            });
    assertRefused(RefusalCode.TOKEN_INVALID, tooLong);
    assertRefused(RefusalCode.TOKEN_INVALID, early);
    clock.pass(Duration.ofMinutes(10));

    assertRefused(RefusalCode.TOKEN_EXPIRED, token);
  }

  @Test
  void refusesATokenThatNobodySignedByKpTok4() throws Exception {
    String[] parts = token(claims -> {}).split("\\.");
    String none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                "{\"typ\":\"at+jwt\",\"kid\":\"k1\",\"alg\":\"none\"}"
                    .getBytes(StandardCharsets.UTF_8));

    assertRefused(RefusalCode.TOKEN_INVALID, none + "." + parts[1] + ".");
    assertRefused(RefusalCode.TOKEN_INVALID, none + "." + parts[1] + "." + parts[2]);
    assertRefused(RefusalCode.TOKEN_INVALID, parts[0] + "." + parts[1] + ".");
    assertRefused(RefusalCode.TOKEN_INVALID, "a.b.c");
    assertRefused(RefusalCode.TOKEN_INVALID, "");
    assertRefused(RefusalCode.TOKEN_INVALID, "x".repeat(10_000));
  }

  @Test
  void refusesThePublicKeyAsASharedSecretByKpTok4() throws Exception {
    JsonWebSignature confused = unsigned(claims -> {});
    confused.setAlgorithmHeaderValue("HS256");
    confused.setKey(new HmacKey(key.getPublic().getEncoded()));

    assertRefused(RefusalCode.TOKEN_INVALID, confused.getCompactSerialization());
  }

  @Test
  void refusesAKeyThatTheTokenBringsItselfByKpTok4() throws Exception {
    KeyPair own = P256.generate(random);
    JsonWebSignature forged = unsigned(claims -> {});
    forged.setKey(own.getPrivate());
    forged
        .getHeaders()
        .setJwkHeaderValue("jwk", new EllipticCurveJsonWebKey((ECPublicKey) own.getPublic()));

    assertRefused(RefusalCode.TOKEN_INVALID, forged.getCompactSerialization());
  }

  @Test
  void refusesAnotherTypeOfTokenByKpTok4() throws Exception {
    JsonWebSignature record = unsigned(claims -> {});
    record.setHeader("typ", "kp-address");

    assertRefused(RefusalCode.TOKEN_INVALID, record.getCompactSerialization());
  }

  @Test
  void findsANewKeyByFetchingTheSetOnceInAWhile() throws Exception {
    verify(token(claims -> {}), "submission");
    JsonWebSignature unknown = unsigned(claims -> {});
    unknown.setKeyIdHeaderValue("k2");
    for (int i = 0; i < 20; i++) {
      assertRefused(RefusalCode.TOKEN_INVALID, unknown.getCompactSerialization());
    }
    assertThat(fetches).hasValue(1);
    clock.pass(Duration.ofSeconds(11));
    for (int i = 0; i < 20; i++) {
      assertRefused(RefusalCode.TOKEN_INVALID, unknown.getCompactSerialization());
    }

    assertThat(fetches).hasValue(2);
  }
}
