package io.keypost.keyserver.enrolment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.keypost.keyserver.keyring.KeyChange;
import io.keypost.keyserver.token.LoginKey;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.EnrolmentProof;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyLife;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * A user's request to be enrolled: a JWS of type {@code kp-enrolment} by the login key that stands
 * in its header (possession of that key), around the certificate and a proof by its primary key.
 *
 * @param code the one-time code
 * @param address who wants to be enrolled
 * @param certificate the OpenPGP certificate, encoded
 * @param statement the address's first or next key statement
 * @param proof see {@link EnrolmentProof}
 * @param loginKey the device's login key
 * @param device the first device, certified by the primary key
 * @param recoveryKey the login key of the recovery code
 * @param keyring the first one
 */
public record EnrolmentRequest(
    OneTimeCode code,
    Address address,
    Bytes certificate,
    KeyStatement statement,
    Bytes proof,
    LoginKey loginKey,
    DeviceStatement device,
    LoginKey recoveryKey,
    SealedSecrets keyring) {
  /** Longest request, in characters: a certificate of 64 KiB, encoded twice. */
  public static final int MAX_CHARACTERS = 192 * 1024;

  private static final String TYPE = "kp-enrolment";
  private static final AlgorithmConstraints ES256_ONLY =
      new AlgorithmConstraints(
          ConstraintType.PERMIT, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private record Payload(
      String code,
      String address,
      String certificate,
      String statement,
      String proof,
      String device,
      @JsonProperty("recovery_key") Map<String, Object> recoveryKey,
      String keyring) {}

  /**
   * Reads a request and verifies that its sender has the login key; nothing else is verified yet.
   *
   * @throws RefusedException {@code malformed_request}, {@code malformed_encoding}, {@code
   *     malformed_address}, {@code statement_invalid}; {@code proof_invalid} when the login key did
   *     not sign it
   */
  public static EnrolmentRequest parse(String compact) {
    if (compact.length() > MAX_CHARACTERS) {
      throw malformed("longer than " + MAX_CHARACTERS + " characters", null);
    }
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmConstraints(ES256_ONLY);
    try {
      signature.setCompactSerialization(compact.strip());
      if (!TYPE.equals(signature.getHeader("typ"))
          || !(signature.getHeaders().getObjectHeaderValue("jwk") instanceof Map<?, ?> jwk)) {
        throw malformed("a JWS of type " + TYPE + " with its key in the header", null);
      }
      LoginKey key = LoginKey.of(members(jwk));
      key.verify(signature);
      return of(STRICT.readValue(signature.getPayload(), Payload.class), key);
    } catch (JoseException | JsonProcessingException e) {
      throw malformed("not a JWS around the members of an enrolment", e);
    } catch (RuntimeException e) {
      throw e instanceof RefusedException refused ? refused : malformed("not an enrolment", e);
    }
  }

  private static EnrolmentRequest of(Payload payload, LoginKey key) {
    if (payload.code().length() > OneTimeCode.MAX_CHARACTERS) {
      throw malformed("a code that is too long", null);
    }
    return new EnrolmentRequest(
        new OneTimeCode(payload.code()),
        Address.parseCanonical(payload.address()),
        Bytes.parseBase64Url(payload.certificate()),
        KeyStatement.parse(payload.statement()),
        Bytes.parseBase64Url(payload.proof()),
        key,
        DeviceStatement.parse(payload.device()),
        recoveryKey(payload.recoveryKey(), key),
        keyring(payload.keyring()));
  }

  /** One key for both would let a stolen device change the user's keys. */
  private static LoginKey recoveryKey(Map<String, Object> jwk, LoginKey device) {
    LoginKey key = LoginKey.of(jwk);
    if (key.thumbprint().equals(device.thumbprint())) {
      throw malformed("the recovery key is the device's", null);
    }
    return key;
  }

  private static SealedSecrets keyring(String base64Url) {
    try {
      return SealedSecrets.decode(Bytes.parseBase64Url(base64Url), SealedSecrets.Kind.KEYRING);
    } catch (RefusedException e) {
      throw malformed(e.refusal().detail(), e);
    }
  }

  private static Map<String, Object> members(Map<?, ?> jwk) {
    return jwk.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> String.valueOf(entry.getKey()), entry -> (Object) entry.getValue()));
  }

  /**
   * Verifies that certificate, proof and statement are of one key and good now, and that the
   * statement continues what the address has said: a new primary key without the word of the last
   * one is refused (KP-ENR-5).
   *
   * @param history what the address has said so far; empty for a new one
   * @return all statements of the address from now on, oldest first
   * @throws RefusedException {@code user_certificate_invalid}, {@code proof_invalid}, {@code
   *     statement_invalid}, {@code conflict} for a keyring that is not the first
   */
  public KeyHistory verify(List<KeyStatement> history, Instant now) {
    UserCertificate decoded = UserCertificate.decode(certificate);
    if (!decoded.address().equals(address)) {
      throw unfit("the certificate is for another address");
    }
    requireUsable(decoded, now);
    EnrolmentProof.verify(code.text(), decoded, loginKey.thumbprint(), proof, now);
    KeyChange.requireGood(device, loginKey, decoded, now);
    if (keyring.version() != 1) {
      throw RefusedException.of(RefusalCode.CONFLICT, "the first keyring has version 1");
    }
    List<KeyStatement> all = new ArrayList<>(history);
    all.add(statement);
    KeyHistory verified = KeyHistory.verify(address, all);
    if (!verified.primaryFingerprint().equals(decoded.fingerprint())) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID, "the statement names another key than the certificate's");
    }
    return verified;
  }

  /** Nobody could write to, or believe, a certificate without one key for each. */
  public static void requireUsable(UserCertificate certificate, Instant now) {
    if (certificate.life().at(now) != KeyLife.State.VALID) {
      throw unfit("the primary key is not good now");
    }
    if (certificate.signingSubkeys(now).isEmpty()) {
      throw unfit("no signing subkey is good now");
    }
    try {
      certificate.currentEncryptionKey(now);
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.USER_CERTIFICATE_INVALID, "no encryption subkey is good now", e);
    }
  }

  private static RefusedException unfit(String why) {
    return RefusedException.of(RefusalCode.USER_CERTIFICATE_INVALID, why);
  }

  private static RefusedException malformed(String why, @Nullable Exception cause) {
    return cause == null
        ? RefusedException.of(RefusalCode.MALFORMED_REQUEST, why)
        : RefusedException.of(RefusalCode.MALFORMED_REQUEST, why, cause);
  }
}
