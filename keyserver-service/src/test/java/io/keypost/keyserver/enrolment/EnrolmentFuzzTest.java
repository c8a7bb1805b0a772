package io.keypost.keyserver.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-ENR-2, T19, T34: whatever is posted as an enrolment, by anybody. */
class EnrolmentFuzzTest {
  private static final KeyPair LOGIN = P256.generate(new SecureRandom());
  private static final KeyPair RECOVERY = P256.generate(new SecureRandom());

  private static EllipticCurveJsonWebKey jwk(KeyPair keys) {
    return new EllipticCurveJsonWebKey((ECPublicKey) keys.getPublic());
  }

  static Stream<byte[]> payloads() {
    return Stream.of(
        JsonUtil.toJson(
                Map.of(
                    "code", "ABCD-EFGH",
                    "address", "alice@alpha.test",
                    "certificate", Vectors.bytes("users/alice.certificate.pgp").base64Url(),
                    "statement", Vectors.text("users/alice.statement.txt"),
                    "proof", Bytes.copyOf(new byte[64]).base64Url(),
                    "device", Vectors.text("users/alice.device.txt"),
                    "recovery_key", jwk(RECOVERY).toParams(OutputControlLevel.PUBLIC_ONLY),
                    "keyring", Vectors.bytes("users/alice.keyring.bin").base64Url()))
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String signed(String payload) throws JoseException {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setHeader("typ", "kp-enrolment");
    jws.setAlgorithmHeaderValue("ES256");
    jws.setJwkHeader(jwk(LOGIN));
    jws.setPayload(payload);
    jws.setKey(LOGIN.getPrivate());
    return jws.getCompactSerialization();
  }

  /** The payload in a good signature of the sender's own key, which anybody can make. */
  @MethodSource("payloads")
  @FuzzTest
  void payload(byte[] octets) throws Exception {
    String compact = signed(new String(octets, StandardCharsets.UTF_8));
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          EnrolmentRequest request = EnrolmentRequest.parse(compact);
          assertThat(request.address()).isNotNull();
          assertThat(request.verify(List.of(), Vectors.now())).isNotNull();
        });
  }

  static Stream<byte[]> requests() throws JoseException {
    return Stream.of(
        signed(new String(payloads().findFirst().orElseThrow(), StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.US_ASCII),
        signed("{}").getBytes(StandardCharsets.US_ASCII));
  }

  /** The body as it comes. */
  @MethodSource("requests")
  @FuzzTest
  void body(byte[] octets) throws Exception {
    String compact = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(EnrolmentRequest.parse(compact)).isNotNull());
  }

  static Stream<byte[]> headers() {
    String deep = "[".repeat(60_000) + "]".repeat(60_000);
    return Stream.of(
        ("{\"typ\": \"kp-enrolment\", \"alg\": \"ES256\", \"jwk\": {\"kty\": \"EC\", \"x\": "
                + deep
                + "}}")
            .getBytes(StandardCharsets.UTF_8),
        ("{\"typ\": \"kp-enrolment\", \"alg\": \"ES256\", \"crit\": " + deep + "}")
            .getBytes(StandardCharsets.UTF_8),
        JsonUtil.toJson(
                Map.of(
                    "typ",
                    "kp-enrolment",
                    "alg",
                    "ES256",
                    "jwk",
                    jwk(LOGIN).toParams(OutputControlLevel.PUBLIC_ONLY)))
            .getBytes(StandardCharsets.UTF_8));
  }

  /** The header, which holds a key of the sender's choosing, before any signature. */
  @MethodSource("headers")
  @FuzzTest
  void header(byte[] octets) throws Exception {
    String compact =
        Bytes.copyOf(octets).base64Url() + ".e30." + Bytes.copyOf(new byte[64]).base64Url();
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(EnrolmentRequest.parse(compact)).isNotNull());
  }
}
