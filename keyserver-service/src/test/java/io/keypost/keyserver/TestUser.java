package io.keypost.keyserver;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.TransferKey;
import io.keypost.protocol.openpgp.EnrolmentProof;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserSecretKey;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** A user with his keys, who signs whatever the test wants, good or bad. */
final class TestUser {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Address address;
  private final UserSecretKey key;
  private final KeyPair login = P256.generate(RANDOM);
  private final KeyPair recovery = P256.generate(RANDOM);
  private final DeviceStatement device;

  TestUser(Address address) {
    this(address, UserSecretKey.generate(address, Instant.now().minusSeconds(20), RANDOM), "first");
  }

  private TestUser(Address address, UserSecretKey key, String name) {
    this.address = address;
    this.key = key;
    this.device =
        DeviceStatement.sign(
            key,
            new DeviceStatement.Facts(name, thumbprint(), TransferKey.generate(RANDOM).shared()),
            Instant.now().minusSeconds(1));
  }

  /** A further device of the same user; its certificate holds both. */
  TestUser withNewDevice(String name) {
    return new TestUser(
        address, key.keyring().withNewDevice(Instant.now().minusSeconds(10), RANDOM), name);
  }

  DeviceStatement device() {
    return device;
  }

  /** The device's login key as JWK. */
  Map<String, Object> loginKey() {
    return jwk(login).toParams(OutputControlLevel.PUBLIC_ONLY);
  }

  /** The login key of the recovery code as JWK. */
  Map<String, Object> recoveryKey() {
    return jwk(recovery).toParams(OutputControlLevel.PUBLIC_ONLY);
  }

  /** What a key server can tell of a keyring: its header. Sealing one takes its time. */
  static String keyring(long version) {
    byte[] salt = new byte[300];
    RANDOM.nextBytes(salt);
    return Bytes.concat(
            Bytes.utf8("KPR\u0001"),
            Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(version).flip()),
            Bytes.copyOf(salt))
        .base64Url();
  }

  Address address() {
    return address;
  }

  UserSecretKey key() {
    return key;
  }

  Digest thumbprint() {
    return thumbprint(login);
  }

  private static Digest thumbprint(KeyPair keys) {
    return new Digest(Bytes.copyOf(jwk(keys).calculateThumbprint("SHA-256")));
  }

  private static PublicJsonWebKey jwk(KeyPair keys) {
    return new EllipticCurveJsonWebKey((ECPublicKey) keys.getPublic());
  }

  /** A good request; {@code changes} replace members of its payload. */
  String enrolment(String code, Map<String, ?> changes) {
    Instant now = Instant.now();
    Map<String, Object> payload = new HashMap<>();
    payload.put("code", code);
    payload.put("address", address.toString());
    payload.put("certificate", key.certificate().encode().base64Url());
    payload.put("statement", KeyStatement.first(key, now).text());
    payload.put("proof", EnrolmentProof.sign(code, key, thumbprint(), now).base64Url());
    payload.put("device", device.text());
    payload.put("recovery_key", recoveryKey());
    payload.put("keyring", keyring(1));
    payload.putAll(changes);
    JsonWebSignature signature = jws(JsonUtil.toJson(payload), login);
    signature.setHeader("typ", "kp-enrolment");
    signature.setJwkHeader(jwk(login));
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
    return assertion(claims, login);
  }

  /** The same by the login key of the recovery code. */
  String recoveryAssertion(Map<String, Object> claims) {
    return assertion(claims, recovery);
  }

  private static String assertion(Map<String, Object> claims, KeyPair keys) {
    JsonWebSignature signature = jws(JsonUtil.toJson(claims), keys);
    signature.setKeyIdHeaderValue(thumbprint(keys).base64Url());
    return compact(signature);
  }

  private static JsonWebSignature jws(String payload, KeyPair keys) {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmHeaderValue("ES256");
    signature.setPayload(payload);
    signature.setKey(keys.getPrivate());
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
