package io.keypost.keyserver.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.testing.Hostile;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-TOK-1, T19, T34: whatever is shown as a login assertion or a login key. */
class LoginFuzzTest {
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final String ENDPOINT = "https://ks.alpha.test/v1/tokens";
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final KeyPair KEYS = P256.generate(new SecureRandom());
  private static final EllipticCurveJsonWebKey JWK =
      new EllipticCurveJsonWebKey((ECPublicKey) KEYS.getPublic());
  private static final LoginKey KEY = LoginKey.parse(JWK.toJson(OutputControlLevel.PUBLIC_ONLY));
  private static final String CLAIMS =
      """
      {"iss": "%s", "sub": "%s", "aud": "%s", "iat": %d, "exp": %d, "jti": "0123456789abcdef"}
      """
          .formatted(ALICE, ALICE, ENDPOINT, NOW.getEpochSecond(), NOW.getEpochSecond() + 120);

  private static String signed(String claims) throws JoseException {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setAlgorithmHeaderValue("ES256");
    jws.setKeyIdHeaderValue(KEY.thumbprint().base64Url());
    jws.setPayload(claims);
    jws.setKey(KEYS.getPrivate());
    return jws.getCompactSerialization();
  }

  static Stream<byte[]> assertions() throws JoseException {
    return Stream.of(
        signed(CLAIMS).getBytes(StandardCharsets.US_ASCII),
        "eyJhbGciOiJub25lIiwia2lkIjoiayJ9.e30.".getBytes(StandardCharsets.US_ASCII));
  }

  @MethodSource("assertions")
  @FuzzTest
  void assertion(byte[] octets) throws Exception {
    String compact = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(LoginAssertion.claimedKey(compact)).isNotNull());
    Hostile.isReadOrRefused(octets.length, () -> verify(compact));
  }

  static Stream<byte[]> claimSets() {
    // As deep as an assertion has room for.
    String nested = "\"deep\": " + "[".repeat(1_250) + "]".repeat(1_250) + ", ";
    return Stream.of(
            CLAIMS, CLAIMS.replace("\"aud\"", nested + "\"aud\""), "{" + nested + "\"a\": 1}")
        .map(claims -> claims.getBytes(StandardCharsets.UTF_8));
  }

  /** What a user's own device may claim, in a good signature. */
  @MethodSource("claimSets")
  @FuzzTest
  void claims(byte[] octets) throws Exception {
    String compact = signed(new String(octets, StandardCharsets.UTF_8));
    Hostile.isReadOrRefused(octets.length, () -> verify(compact));
  }

  private static void verify(String compact) {
    LoginAssertion read = LoginAssertion.verify(compact, KEY, ALICE, List.of(ENDPOINT), NOW);
    assertThat(read.subject()).isEqualTo(ALICE);
    assertThat(read.expires())
        .isAfter(NOW)
        .isBeforeOrEqualTo(NOW.plus(LoginAssertion.MAX_AHEAD).plus(LoginAssertion.MAX_LIFE));
  }

  static Stream<byte[]> keys() {
    return Stream.of(JWK.toJson(OutputControlLevel.PUBLIC_ONLY).getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("keys")
  @FuzzTest
  void loginKey(byte[] octets) throws Exception {
    String json = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          LoginKey key = LoginKey.parse(json);
          assertThat(LoginKey.parse(key.toJson()).thumbprint()).isEqualTo(key.thumbprint());
        });
  }
}
