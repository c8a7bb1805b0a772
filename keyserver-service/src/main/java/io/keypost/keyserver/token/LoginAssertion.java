package io.keypost.keyserver.token;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/**
 * A login assertion (RFC 7523 section 3): ES256 by the login key that {@code kid} names, issuer and
 * subject the user's address, audience the token endpoint of one of the operator's key servers,
 * good for five minutes, one use.
 *
 * @param subject whose login it is
 * @param use digest of login key and {@code jti}: the same again is a replay
 * @param expires until when the use must be remembered
 */
public record LoginAssertion(Address subject, Digest use, Instant expires) {
  /** Longest assertion, in characters. */
  public static final int MAX_CHARACTERS = 4096;

  /** Longest life. */
  public static final Duration MAX_LIFE = Duration.ofMinutes(5);

  /** How far the device's clock may be ahead. */
  public static final Duration MAX_AHEAD = Duration.ofMinutes(1);

  private static final AlgorithmConstraints ES256_ONLY =
      new AlgorithmConstraints(
          ConstraintType.PERMIT, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
  private static final int MIN_JTI_CHARACTERS = 16;
  private static final int MAX_JTI_CHARACTERS = 64;

  /**
   * Which login key the assertion says it is signed by; nothing is verified yet.
   *
   * @throws RefusedException {@code assertion_invalid}
   */
  public static Digest claimedKey(String compact) {
    if (compact.length() > MAX_CHARACTERS) {
      throw invalid("longer than " + MAX_CHARACTERS + " characters");
    }
    try {
      JsonWebSignature signature = new JsonWebSignature();
      signature.setCompactSerialization(compact);
      String kid = signature.getKeyIdHeaderValue();
      if (kid == null) {
        throw invalid("no kid");
      }
      return Digest.parseBase64Url(kid);
    } catch (JoseException | RuntimeException e) {
      throw invalid("not a JWS whose kid names a login key", e);
    }
  }

  /**
   * Verifies an assertion.
   *
   * @param key the login key that {@link #claimedKey} names
   * @param owner the address that the key was enrolled for
   * @param audiences token endpoints of the operator's key servers, of which it names one
   * @throws RefusedException {@code assertion_invalid}; {@code clock_wrong} when the device's clock
   *     is ahead
   */
  public static LoginAssertion verify(
      String compact, LoginKey key, Address owner, List<String> audiences, Instant now) {
    try {
      JwtClaims claims =
          new JwtConsumerBuilder()
              .setJwsAlgorithmConstraints(ES256_ONLY)
              .setVerificationKey(key.publicKey())
              .setExpectedIssuer(true, owner.toString())
              .setExpectedSubject(owner.toString())
              .setExpectedAudience(true, audiences.toArray(String[]::new))
              .setRequireExpirationTime()
              .setRequireIssuedAt()
              .setRequireJwtId()
              .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
              .build()
              .processToClaims(compact);
      return check(claims, key, owner, now);
    } catch (InvalidJwtException | MalformedClaimException e) {
      throw invalid("signature or claims are not good", e);
    }
  }

  private static LoginAssertion check(JwtClaims claims, LoginKey key, Address owner, Instant now)
      throws MalformedClaimException {
    Instant issued = Instant.ofEpochMilli(claims.getIssuedAt().getValueInMillis());
    Instant expires = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis());
    if (issued.isAfter(now.plus(MAX_AHEAD))) {
      throw RefusedException.of(
          RefusalCode.CLOCK_WRONG,
          "the device's clock says " + issued + ", the key server's " + now);
    }
    if (Duration.between(issued, expires).compareTo(MAX_LIFE) > 0) {
      throw invalid("lives longer than " + MAX_LIFE.toMinutes() + " minutes");
    }
    if (claims.getAudience().size() != 1) {
      throw invalid("has more than one audience");
    }
    String jti = claims.getJwtId();
    if (jti.length() < MIN_JTI_CHARACTERS || jti.length() > MAX_JTI_CHARACTERS) {
      throw invalid(
          "a jti has " + MIN_JTI_CHARACTERS + " to " + MAX_JTI_CHARACTERS + " characters");
    }
    Digest use = Digest.sha256(key.thumbprint().octets(), Bytes.utf8(jti));
    return new LoginAssertion(owner, use, expires);
  }

  private static RefusedException invalid(String detail) {
    return RefusedException.of(RefusalCode.ASSERTION_INVALID, "the assertion: " + detail);
  }

  private static RefusedException invalid(String detail, Exception cause) {
    return RefusedException.of(RefusalCode.ASSERTION_INVALID, "the assertion: " + detail, cause);
  }
}
