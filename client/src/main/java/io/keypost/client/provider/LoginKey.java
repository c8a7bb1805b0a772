package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * The key by which a device, or whoever holds the recovery code, proves who it is to its own
 * provider (KP-TOK-1, KP-ENR-2).
 */
public final class LoginKey {
  /** Life of an assertion; a key server takes at most 5 minutes. */
  private static final Duration ASSERTION_LIFE = Duration.ofMinutes(2);

  private static final int ID_OCTETS = 16;

  private final KeyPair keys;
  private final EllipticCurveJsonWebKey jwk;

  /**
   * @param keys P-256
   */
  public LoginKey(KeyPair keys) {
    this.keys = keys;
    this.jwk = new EllipticCurveJsonWebKey((ECPublicKey) keys.getPublic());
  }

  /** RFC 7638, SHA-256. */
  public Digest thumbprint() {
    return new Digest(Bytes.copyOf(jwk.calculateThumbprint("SHA-256")));
  }

  /** The public half as JWK (RFC 7517). */
  Map<String, Object> toJwk() {
    return jwk.toParams(OutputControlLevel.PUBLIC_ONLY);
  }

  /**
   * An assertion for one token (RFC 7523 section 3).
   *
   * @param audience URL of the token endpoint
   */
  String assertion(Address subject, String audience, Instant now, SecureRandom random) {
    byte[] id = new byte[ID_OCTETS];
    random.nextBytes(id);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", subject.toString());
    claims.put("sub", subject.toString());
    claims.put("aud", audience);
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plus(ASSERTION_LIFE).getEpochSecond());
    claims.put("jti", Bytes.copyOf(id).base64Url());
    JsonWebSignature signature = start(Json.write(claims));
    signature.setKeyIdHeaderValue(thumbprint().base64Url());
    return sign(signature);
  }

  /** Signs an enrolment's payload, with the public key in the header. */
  String enrolment(String payload) {
    JsonWebSignature signature = start(payload);
    signature.setHeader("typ", "kp-enrolment");
    signature.setJwkHeader(jwk);
    return sign(signature);
  }

  private JsonWebSignature start(String payload) {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    signature.setPayload(payload);
    signature.setKey(keys.getPrivate());
    return signature;
  }

  private static String sign(JsonWebSignature signature) {
    try {
      return Optional.ofNullable(signature.getCompactSerialization()).orElseThrow();
    } catch (JoseException e) {
      throw new IllegalStateException("a P-256 key signs", e);
    }
  }
}
