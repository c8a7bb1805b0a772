package io.keypost.keyserver;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.EnrolmentProof;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserSecretKey;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** A user with his keys, who signs whatever the test wants, good or bad. */
final class TestUser {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Address address;
  private final UserSecretKey key;
  private final KeyPair login = P256.generate(RANDOM);

  TestUser(Address address) {
    this.address = address;
    this.key = UserSecretKey.generate(address, Instant.now().minusSeconds(2), RANDOM);
  }

  Address address() {
    return address;
  }

  UserSecretKey key() {
    return key;
  }

  Digest thumbprint() {
    return new Digest(Bytes.copyOf(jwk().calculateThumbprint("SHA-256")));
  }

  private PublicJsonWebKey jwk() {
    return new EllipticCurveJsonWebKey((ECPublicKey) login.getPublic());
  }

  /** A good request; {@code changes} replace members of its payload. */
  String enrolment(String code, Map<String, String> changes) {
    Instant now = Instant.now();
    Map<String, Object> payload = new HashMap<>();
    payload.put("code", code);
    payload.put("address", address.toString());
    payload.put("certificate", key.certificate().encode().base64Url());
    payload.put("statement", KeyStatement.first(key, now).text());
    payload.put("proof", EnrolmentProof.sign(code, key, thumbprint(), now).base64Url());
    payload.putAll(changes);
    JsonWebSignature signature = jws(JsonUtil.toJson(payload));
    signature.setHeader("typ", "kp-enrolment");
    signature.setJwkHeader(jwk());
    return compact(signature);
  }

  /** Claims of a good assertion. */
  Map<String, Object> claims(String audience) {
    Instant now = Instant.now();
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", address.toString());
    claims.put("sub", address.toString());
    claims.put("aud", audience);
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plus(Duration.ofMinutes(2)).getEpochSecond());
    claims.put("jti", Bytes.copyOf(id).base64Url());
    return claims;
  }

  String assertion(Map<String, Object> claims) {
    JsonWebSignature signature = jws(JsonUtil.toJson(claims));
    signature.setKeyIdHeaderValue(thumbprint().base64Url());
    return compact(signature);
  }

  private JsonWebSignature jws(String payload) {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmHeaderValue("ES256");
    signature.setPayload(payload);
    signature.setKey(login.getPrivate());
    return signature;
  }

  private static String compact(JsonWebSignature signature) {
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }
}
