package io.keypost.testsupport;

import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.P256;
import io.vertx.core.http.HttpServerRequest;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Access tokens of an operator as its key server gives them, and the set of keys to check them. */
public final class TestTokens implements TestKeyServer.Misbehaviour {
  private static final String KEY_ID = "token-key";

  private final MailDomain operator;
  private final KeyPair keys;

  /** Tokens of {@code operator}; to be set as its key server's {@code misbehave}. */
  public TestTokens(MailDomain operator, SecureRandom random) {
    this.operator = operator;
    this.keys = P256.generate(random);
  }

  /**
   * A token.
   *
   * @param audience the word for what it opens, as {@code mailbox}
   * @param life from now on; a negative one has ended so long ago
   */
  public String token(Address subject, String audience, Duration life) {
    Instant issued = life.isNegative() ? Instant.now().plus(life).plus(life) : Instant.now();
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(operator.value());
    claims.setSubject(subject.toString());
    claims.setAudience("keypost://" + operator + "/" + audience);
    claims.setIssuedAt(NumericDate.fromSeconds(issued.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(issued.plus(life.abs()).getEpochSecond()));
    claims.setJwtId(UUID.randomUUID().toString());
    JsonWebSignature token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    token.setHeader("typ", "at+jwt");
    token.setKeyIdHeaderValue(KEY_ID);
    token.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    token.setKey(keys.getPrivate());
    try {
      return token.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean handle(HttpServerRequest request) {
    if (!"/v1/token-keys".equals(request.path())) {
      return false;
    }
    EllipticCurveJsonWebKey key = new EllipticCurveJsonWebKey((ECPublicKey) keys.getPublic());
    key.setKeyId(KEY_ID);
    key.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    key.setUse("sig");
    request
        .response()
        .putHeader("content-type", "application/json")
        .end(new JsonWebKeySet(key).toJson())
        .onFailure(gone -> {});
    return true;
  }
}
