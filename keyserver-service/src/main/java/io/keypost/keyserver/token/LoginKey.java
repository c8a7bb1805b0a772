package io.keypost.keyserver.token;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.PublicKey;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** A device's public login key: P-256, as a JWK (RFC 7517) without its secret half. */
public final class LoginKey {
  private final PublicJsonWebKey jwk;

  private LoginKey(PublicJsonWebKey jwk) {
    this.jwk = jwk;
  }

  /**
   * Takes the JWK of a header or of the database.
   *
   * @throws RefusedException {@code malformed_request} when it is not a public P-256 key
   */
  public static LoginKey of(Map<String, Object> parameters) {
    try {
      JsonWebKey key = JsonWebKey.Factory.newJwk(parameters);
      if (!(key instanceof EllipticCurveJsonWebKey curveKey)
          || !EllipticCurves.P256.equals(EllipticCurves.getSpec(curveKey.getCurveName()))
          || parameters.containsKey("d")) {
        throw notAKey(null);
      }
      return new LoginKey(curveKey);
    } catch (JoseException | RuntimeException e) {
      throw e instanceof RefusedException refused ? refused : notAKey(e);
    }
  }

  /** Reads {@link #toJson()}. */
  public static LoginKey parse(String json) {
    try {
      return of(JsonUtil.parseJson(json));
    } catch (JoseException e) {
      throw notAKey(e);
    }
  }

  /** RFC 7638, SHA-256. */
  public Digest thumbprint() {
    return new Digest(Bytes.copyOf(jwk.calculateThumbprint("SHA-256")));
  }

  /** The public JWK. */
  public String toJson() {
    return jwk.toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  /**
   * Verifies a signature by this key, whatever key its header names.
   *
   * @throws RefusedException {@code proof_invalid}
   */
  public void verify(JsonWebSignature signature) {
    signature.setKey(jwk.getPublicKey());
    try {
      if (signature.verifySignature()) {
        return;
      }
    } catch (JoseException e) {
      throw RefusedException.of(RefusalCode.PROOF_INVALID, "not signed by the login key", e);
    }
    throw RefusedException.of(RefusalCode.PROOF_INVALID, "not signed by the login key");
  }

  PublicKey publicKey() {
    return jwk.getPublicKey();
  }

  private static RefusedException notAKey(@Nullable Exception cause) {
    String detail = "a login key is a public P-256 key as JWK";
    return cause == null
        ? RefusedException.of(RefusalCode.MALFORMED_REQUEST, detail)
        : RefusedException.of(RefusalCode.MALFORMED_REQUEST, detail, cause);
  }
}
