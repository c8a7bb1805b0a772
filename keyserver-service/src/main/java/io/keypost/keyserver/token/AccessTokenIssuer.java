package io.keypost.keyserver.token;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Signs access tokens (RFC 9068) and publishes the keys that verify them (RFC 7517). */
public final class AccessTokenIssuer {
  /** Life of a token. */
  public static final Duration LIFE = Duration.ofMinutes(10);

  /** Type of a token (RFC 9068 section 2.1). */
  public static final String TYPE = "at+jwt";

  private static final int ID_OCTETS = 16;

  /** RFC 9068 section 2.2. */
  private static final String CLIENT = "client_id";

  private final MailDomain operator;
  private final SecureRandom random;

  /** Tokens of {@code operator}. */
  public AccessTokenIssuer(MailDomain operator, SecureRandom random) {
    this.operator = operator;
    this.random = random;
  }

  /**
   * A token, good from {@code now} for {@link #LIFE}.
   *
   * @param client thumbprint of the login key that it is given for
   * @param key signs it
   */
  public String issue(Address subject, Digest client, Audience audience, KeyPair key, Instant now) {
    byte[] id = new byte[ID_OCTETS];
    random.nextBytes(id);
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(operator.value());
    claims.setSubject(subject.toString());
    claims.setAudience(audience.claim(operator));
    claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(now.plus(LIFE).getEpochSecond()));
    claims.setStringClaim(CLIENT, client.base64Url());
    claims.setJwtId(Bytes.copyOf(id).base64Url());
    JsonWebSignature signature = new JsonWebSignature();
    signature.setHeader("typ", TYPE);
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    signature.setKeyIdHeaderValue(keyId(key.getPublic()));
    signature.setKey(key.getPrivate());
    signature.setPayload(claims.toJson());
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("a P-256 key signs ES256", e);
    }
  }

  /** The public keys as JWK set, each with use, algorithm and key id. */
  public static Map<String, Object> keySet(List<PublicKey> keys) {
    return Map.of("keys", keys.stream().map(AccessTokenIssuer::jwk).toList());
  }

  private static Map<String, Object> jwk(PublicKey key) {
    EllipticCurveJsonWebKey jwk = new EllipticCurveJsonWebKey((ECPublicKey) key);
    jwk.setKeyId(keyId(key));
    jwk.setUse("sig");
    jwk.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    return jwk.toParams(OutputControlLevel.PUBLIC_ONLY);
  }

  private static String keyId(PublicKey key) {
    return Bytes.copyOf(
            new EllipticCurveJsonWebKey((ECPublicKey) key).calculateThumbprint("SHA-256"))
        .base64Url();
  }
}
