package io.keypost.directory.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerTarget;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.protocol.testing.Hostile;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-TOK-4, T19, T34: whatever is shown as an access token, or as the keys that verify it. */
class AccessTokensFuzzTest {
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final KeyPair KEY = P256.generate(new SecureRandom());
  private static final Bytes KEY_SET = keySet();
  private static final String CLAIMS =
      """
      {"iss": "alpha.test", "sub": "alice@alpha.test", "aud": "keypost://alpha.test/submission",
       "iat": %d, "exp": %d, "jti": "id-1", "client_id": "%s"}
      """
          .formatted(NOW.getEpochSecond(), NOW.getEpochSecond() + 600, "A".repeat(43));

  private static Bytes keySet() {
    EllipticCurveJsonWebKey jwk = new EllipticCurveJsonWebKey((ECPublicKey) KEY.getPublic());
    jwk.setKeyId("k1");
    return Bytes.utf8(new JsonWebKeySet(List.of(jwk)).toJson(OutputControlLevel.PUBLIC_ONLY));
  }

  private static String signed(String header, String claims) throws JoseException {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setHeader("typ", header);
    jws.setKeyIdHeaderValue("k1");
    jws.setAlgorithmHeaderValue("ES256");
    jws.setPayload(claims);
    jws.setKey(KEY.getPrivate());
    return jws.getCompactSerialization();
  }

  static Stream<byte[]> tokens() throws JoseException {
    return Stream.of(
            signed("at+jwt", CLAIMS),
            signed("kp-enrolment", CLAIMS),
            "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiazEifQ.e30.")
        .map(token -> token.getBytes(StandardCharsets.US_ASCII));
  }

  /** What anybody can send behind Bearer. */
  @MethodSource("tokens")
  @FuzzTest
  void token(byte[] octets) throws Exception {
    String token = new String(octets, StandardCharsets.ISO_8859_1);
    Hostile.isReadOrRefused(octets.length, () -> verify(token, KEY_SET));
  }

  static Stream<byte[]> claimSets() {
    // As deep as a token has room for.
    String nested = "\"deep\": " + "[".repeat(1_250) + "]".repeat(1_250) + ", ";
    return Stream.of(
            CLAIMS, CLAIMS.replace("\"aud\"", nested + "\"aud\""), "{" + nested + "\"a\": 1}")
        .map(claims -> claims.getBytes(StandardCharsets.UTF_8));
  }

  /** Claims that the key server itself would have to have signed. */
  @MethodSource("claimSets")
  @FuzzTest
  void claims(byte[] octets) throws Exception {
    String token = signed("at+jwt", new String(octets, StandardCharsets.UTF_8));
    Hostile.isReadOrRefused(octets.length, () -> verify(token, KEY_SET));
  }

  static Stream<byte[]> keySets() {
    return Stream.of(KEY_SET.toByteArray());
  }

  /** What a key server answers for its keys. */
  @MethodSource("keySets")
  @FuzzTest
  void keySet(byte[] octets) throws Exception {
    String token = signed("at+jwt", CLAIMS);
    Hostile.isReadOrRefused(octets.length, () -> verify(token, Bytes.copyOf(octets)));
  }

  private static void verify(String token, Bytes keySet) {
    AccessTokens tokens =
        new AccessTokens(
            ALPHA,
            () ->
                CompletableFuture.completedFuture(
                    new PeerAnswer(
                        200,
                        "application/json",
                        keySet,
                        new PeerTarget(MailDomain.parse("ks.alpha.test"), 443),
                        new InetSocketAddress("127.0.0.1", 443))),
            InstantSource.fixed(NOW));
    try {
      AccessToken read = tokens.verify(token, "submission").toCompletableFuture().join();
      assertThat(read.subject()).isNotNull();
      assertThat(read.expires()).isAfter(NOW);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RefusedException refused ? refused : e;
    }
  }
}
