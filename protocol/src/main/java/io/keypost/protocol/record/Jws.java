package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.function.Function;
import org.jose4j.jca.ProviderContext;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * A JWS in compact form, of which only form and header were looked at: three parts, each in the one
 * base64url form, the header exactly {@code {alg: ES256, typ, kid}}. The payload is not to be
 * believed before {@link #requireSignedBy}.
 *
 * @param compact as it came
 * @param signer digest of the certificate that is said to have signed
 * @param payload unverified
 */
record Jws(String compact, Digest signer, Bytes payload) {
  /** ES256: two integers of 32 octets. */
  private static final int SIGNATURE_OCTETS = 64;

  private static final int MAX_HEADER_CHARACTERS = 512;

  private static final AlgorithmConstraints ONLY_ES256 =
      new AlgorithmConstraints(
          AlgorithmConstraints.ConstraintType.PERMIT,
          AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);

  private record Header(String alg, String typ, Digest kid) {
    static Header read(JsonObject json) {
      // Any fourth member, "crit" among them, is left over and so refused.
      return new Header(json.text("alg"), json.text("typ"), json.digest("kid"));
    }
  }

  /** Reads the form; bounded by the kind's size before anything is parsed. */
  static Jws parse(String compact, RecordKind kind) {
    if (compact.length() > kind.maxCharacters()) {
      throw malformed(kind, "longer than " + kind.maxCharacters() + " characters");
    }
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3 || parts[0].length() > MAX_HEADER_CHARACTERS) {
      throw malformed(kind, "not a JWS of three parts with a short header");
    }
    return guarded(
        kind,
        () -> {
          Header header = JsonObject.parse(Bytes.parseBase64Url(parts[0]), Header::read);
          if (!header.alg().equals(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256)
              || !header.typ().equals(kind.typ())) {
            throw malformed(kind, "another algorithm than ES256, or another kind of record");
          }
          if (Bytes.parseBase64Url(parts[2]).size() != SIGNATURE_OCTETS) {
            throw malformed(kind, "a signature of another size than ES256's");
          }
          return new Jws(compact, header.kid(), Bytes.parseBase64Url(parts[1]));
        });
  }

  /** Reads the payload, signed or not, of version 1. */
  <R extends SignedRecord> R read(RecordKind kind, Function<JsonObject, R> reader) {
    return guarded(
        kind,
        () ->
            JsonObject.parse(
                payload,
                json -> {
                  if (json.integer("v") != RecordSigner.VERSION) {
                    throw malformed(kind, "of another version than 1");
                  }
                  return reader.apply(json);
                }));
  }

  /** Refuses unless {@code key}, of the certificate with this digest, signed. */
  void requireSignedBy(RecordKind kind, PublicKey key, Digest certificate) {
    if (!signer.equals(certificate)) {
      throw untrusted(kind, "signed under another certificate");
    }
    boolean good;
    try {
      JsonWebSignature jws = new JsonWebSignature();
      jws.setAlgorithmConstraints(ONLY_ES256);
      jws.setCompactSerialization(compact);
      jws.setKey(key);
      good = jws.verifySignature();
    } catch (JoseException | RuntimeException e) {
      throw RefusedException.of(
          RefusalCode.RECORD_UNTRUSTED, kind.typ() + ": the signature is not readable", e);
    }
    if (!good) {
      throw untrusted(kind, "the signature does not verify");
    }
  }

  /** Signs {@code payload}. */
  static String sign(
      RecordKind kind, Bytes payload, PrivateKey key, Digest certificate, SecureRandom random) {
    JsonWebSignature jws = new JsonWebSignature();
    ProviderContext randomness = new ProviderContext();
    randomness.setSecureRandom(random);
    jws.setProviderContext(randomness);
    jws.setAlgorithmConstraints(ONLY_ES256);
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    jws.setHeader("typ", kind.typ());
    jws.setKeyIdHeaderValue(certificate.base64Url());
    jws.setPayloadBytes(payload.toByteArray());
    jws.setKey(key);
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("a P-256 key signs ES256", e);
    }
  }

  /** Digest of the compact form: what a successor names its predecessor by. */
  Digest digest() {
    return Digest.sha256(compact.getBytes(StandardCharsets.US_ASCII));
  }

  private interface Step<T> {
    T run();
  }

  /** Hostile octets cause this refusal and no other exception. */
  private static <T> T guarded(RecordKind kind, Step<T> step) {
    try {
      return step.run();
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.RECORD_MALFORMED ? e : malformed(kind, e);
    } catch (RuntimeException e) {
      throw malformed(kind, e);
    }
  }

  private static RefusedException malformed(RecordKind kind, RuntimeException e) {
    return RefusedException.of(RefusalCode.RECORD_MALFORMED, kind.typ() + ": " + e.getMessage(), e);
  }

  private static RefusedException malformed(RecordKind kind, String why) {
    return RefusedException.of(RefusalCode.RECORD_MALFORMED, kind.typ() + ": " + why);
  }

  private static RefusedException untrusted(RecordKind kind, String why) {
    return RefusedException.of(RefusalCode.RECORD_UNTRUSTED, kind.typ() + ": " + why);
  }
}
