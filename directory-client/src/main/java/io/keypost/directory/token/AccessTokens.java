package io.keypost.directory.token;

import io.keypost.directory.cache.TimedCache;
import io.keypost.directory.cache.TimedCache.Timed;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Checks access tokens (RFC 9068) of one operator (T34). A token is good for one audience at that
 * operator: {@code keypost://<operator>/<audience>}. Only ES256 with a key of the operator's own
 * key server verifies; {@code alg}, {@code jwk} or {@code jku} of a token decide nothing.
 */
public final class AccessTokens {
  /** Longest token that is looked at, in characters. */
  public static final int MAX_CHARACTERS = 4096;

  /** Longest life that a token may claim. */
  public static final Duration LONGEST_LIFE = Duration.ofMinutes(10);

  /** How far the key server's clock may be ahead of this one. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

  private static final String TYPE = "at+jwt";

  private static final AlgorithmConstraints ES256_ONLY =
      new AlgorithmConstraints(
          AlgorithmConstraints.ConstraintType.PERMIT,
          AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);

  /** How long a key set is used before it is fetched anew. */
  private static final Duration KEYS_GOOD_FOR = Duration.ofMinutes(5);

  /** How often unknown key ids may cause a fetch: anybody can make one up. */
  private static final Duration REFETCH_EVERY = Duration.ofSeconds(10);

  private static final int MAX_KEYS = 16;

  private final MailDomain operator;
  private final Supplier<CompletionStage<PeerAnswer>> keySet;
  private final InstantSource clock;
  private final TimedCache<MailDomain, Map<String, PublicKey>> keys;
  private final AtomicReference<Instant> lastFetch = new AtomicReference<>(Instant.MIN);

  /**
   * Checks tokens of {@code operator}.
   *
   * @param keySet fetches the JWK set of the operator's key server, over trusted TLS
   */
  public AccessTokens(
      MailDomain operator, Supplier<CompletionStage<PeerAnswer>> keySet, InstantSource clock) {
    this.operator = operator;
    this.keySet = keySet;
    this.clock = clock;
    this.keys = new TimedCache<>(clock, 1);
  }

  /**
   * Checks a token.
   *
   * @param token compact JWS, as it stood behind {@code Bearer}
   * @param audience the word that the token must be for, as {@code submission}
   * @return completes exceptionally with {@link RefusedException}: {@code token_invalid}, {@code
   *     token_expired}, or a temporary one when the keys cannot be had
   */
  public CompletionStage<AccessToken> verify(String token, String audience) {
    JsonWebSignature parsed;
    String keyId;
    try {
      parsed = parse(token);
      keyId = parsed.getKeyIdHeaderValue();
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
    return key(keyId).thenApply(key -> check(parsed, key, audience));
  }

  private static JsonWebSignature parse(String token) {
    if (token.length() > MAX_CHARACTERS) {
      throw invalid("longer than " + MAX_CHARACTERS + " characters", null);
    }
    JsonWebSignature parsed = new JsonWebSignature();
    parsed.setAlgorithmConstraints(ES256_ONLY);
    try {
      parsed.setCompactSerialization(token);
    } catch (JoseException | RuntimeException e) {
      throw invalid("not a compact JWS", e);
    }
    if (!TYPE.equals(parsed.getHeader("typ"))) {
      throw invalid("not of type " + TYPE, null);
    }
    if (parsed.getKeyIdHeaderValue() == null) {
      throw invalid("no key id", null);
    }
    return parsed;
  }

  private CompletionStage<PublicKey> key(String keyId) {
    return keys()
        .thenCompose(
            known ->
                known.containsKey(keyId) || !mayRefetch()
                    ? CompletableFuture.completedFuture(known)
                    : fetchAnew())
        .thenApply(
            known ->
                Optional.ofNullable(known.get(keyId))
                    .orElseThrow(
                        () -> invalid("signed by a key that is not this provider's", null)));
  }

  private CompletionStage<Map<String, PublicKey>> keys() {
    return keys.get(operator, this::fetch);
  }

  private CompletionStage<Map<String, PublicKey>> fetchAnew() {
    keys.forget(operator);
    return keys();
  }

  private boolean mayRefetch() {
    Instant last = lastFetch.get();
    return last.equals(Instant.MIN) || !clock.instant().isBefore(last.plus(REFETCH_EVERY));
  }

  private CompletionStage<Timed<Map<String, PublicKey>>> fetch() {
    lastFetch.set(clock.instant());
    return keySet
        .get()
        .thenApply(
            answer -> {
              if (!answer.isSuccess()) {
                throw RefusedException.of(
                    RefusalCode.DIRECTORY_UNAVAILABLE,
                    answer.target() + " answers with status " + answer.status());
              }
              return new Timed<>(read(answer), KEYS_GOOD_FOR);
            });
  }

  private static Map<String, PublicKey> read(PeerAnswer answer) {
    try {
      List<EllipticCurveJsonWebKey> found =
          new JsonWebKeySet(new String(answer.body().toByteArray(), StandardCharsets.UTF_8))
              .getJsonWebKeys().stream()
                  .filter(EllipticCurveJsonWebKey.class::isInstance)
                  .map(EllipticCurveJsonWebKey.class::cast)
                  .filter(key -> key.getKeyId() != null)
                  .filter(key -> EllipticCurveJsonWebKey.KEY_TYPE.equals(key.getKeyType()))
                  .limit(MAX_KEYS)
                  .toList();
      return found.stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  EllipticCurveJsonWebKey::getKeyId,
                  EllipticCurveJsonWebKey::getPublicKey,
                  (first, second) -> first));
    } catch (JoseException | RuntimeException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, answer.target() + " answers no key set", e);
    }
  }

  private AccessToken check(JsonWebSignature parsed, PublicKey key, String audience) {
    try {
      parsed.setKey(key);
      if (!parsed.verifySignature()) {
        throw invalid("the signature does not verify", null);
      }
      return read(JwtClaims.parse(parsed.getPayload()), audience);
    } catch (JoseException | InvalidJwtException | MalformedClaimException e) {
      throw invalid("not a token as this provider makes it", e);
    } catch (RuntimeException e) {
      throw e instanceof RefusedException ? e : invalid("not a token", e);
    }
  }

  private AccessToken read(JwtClaims claims, String audience) throws MalformedClaimException {
    if (!operator.value().equals(claims.getIssuer())) {
      throw invalid("of another issuer", null);
    }
    String expected = "keypost://" + operator.value() + "/" + audience;
    if (!claims.getAudience().equals(List.of(expected))) {
      throw invalid("not for " + audience, null);
    }
    String id = claims.getJwtId();
    if (id == null || id.isEmpty()) {
      throw invalid("no id", null);
    }
    Instant issued = time(claims.getIssuedAt(), "iat");
    Instant expires = time(claims.getExpirationTime(), "exp");
    Instant now = clock.instant();
    if (expires.isAfter(issued.plus(LONGEST_LIFE)) || issued.isAfter(now.plus(CLOCK_SKEW))) {
      throw invalid("its times are not those of a token", null);
    }
    if (!now.isBefore(expires)) {
      throw RefusedException.of(RefusalCode.TOKEN_EXPIRED, "the token ended at " + expires);
    }
    return new AccessToken(subject(claims), audience, id, expires, client(claims));
  }

  private static Optional<Digest> client(JwtClaims claims) throws MalformedClaimException {
    try {
      return Optional.ofNullable(claims.getStringClaimValue("client_id"))
          .map(Digest::parseBase64Url);
    } catch (RefusedException e) {
      throw invalid("its client is no key", e);
    }
  }

  private static Address subject(JwtClaims claims) throws MalformedClaimException {
    String subject = claims.getSubject();
    try {
      return Address.parseCanonical(subject == null ? "" : subject);
    } catch (RefusedException e) {
      throw invalid("its subject is no address", e);
    }
  }

  private static Instant time(@Nullable NumericDate time, String name) {
    if (time == null) {
      throw invalid("no " + name, null);
    }
    return Instant.ofEpochSecond(time.getValue());
  }

  private static RefusedException invalid(String why, @Nullable Throwable cause) {
    return cause == null
        ? RefusedException.of(RefusalCode.TOKEN_INVALID, why)
        : RefusedException.of(RefusalCode.TOKEN_INVALID, why, cause);
  }
}
