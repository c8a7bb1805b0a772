package io.keypost.protocol.record;

import static io.keypost.protocol.record.RecordVerifierTest.assertRefused;
import static io.keypost.protocol.record.TestDomain.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.RefusalCode;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * KP-REC-1, KP-REC-2: a record's form. Everything here is signed by the right key, and only written
 * wrong.
 */
class JwsFormTest {
  private final TestDomain alpha = new TestDomain("alpha.test");
  private final VerifiedDomain verified = alpha.verified();
  private final String kid = CertificateDigests.certificate(alpha.signing).base64Url();
  private final String goodHeader =
      "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"" + kid + "\"}";
  private final String goodPayload = payloadOf(alpha.signer.sign(alpha.servers()));

  @Test
  void takesTheFormThatTheSpecificationPrescribes() throws Exception {
    assertThat(verify(sign(goodHeader, goodPayload)).record()).isEqualTo(alpha.servers());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"none\",\"typ\":\"kp-servers\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES384\",\"typ\":\"kp-servers\",\"kid\":\"KID\"}",
        "{\"alg\":\"HS256\",\"typ\":\"kp-servers\",\"kid\":\"KID\"}",
        "{\"alg\":\"es256\",\"typ\":\"kp-servers\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-address\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"KP-SERVERS\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\"}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":7}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"KID\",\"crit\":[\"b64\"]}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"KID\",\"b64\":false}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"KID\",\"jwk\":{}}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"KID\",\"kid\":\"KID\"}",
        "{\"alg\":\"none\",\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"KID\"}",
        "{\"alg\":\"ES256\",\"typ\":\"kp-servers\",\"kid\":\"KID\"} {}",
        "[\"ES256\"]",
        "null",
        ""
      })
  void refusesAnotherHeader(String header) throws Exception {
    String jws = sign(header.replace("KID", kid), goodPayload);

    assertRefused(RefusalCode.RECORD_MALFORMED, "kp-servers", () -> verify(jws));
  }

  @Test
  void refusesAnotherSignersName() throws Exception {
    String jws =
        sign(
            goodHeader.replace(kid, CertificateDigests.certificate(alpha.receipt).base64Url()),
            goodPayload);

    assertRefused(RefusalCode.RECORD_UNTRUSTED, "another certificate", () -> verify(jws));
  }

  @Test
  void readsTheLoadOfAServerInItsOneFormByKpRec21() throws Exception {
    String state = "\"state\":\"in_service\"";
    String busy = goodPayload.replace(state, state + ",\"load\":37");

    assertThat(
            verify(sign(goodHeader, busy)).record().pools().getFirst().servers().getFirst().load())
        .isEqualTo(37);
    for (String load : new String[] {"0", "101", "-1", "0.5", "\"37\""}) {
      String jws = sign(goodHeader, goodPayload.replace(state, state + ",\"load\":" + load));
      assertRefused(RefusalCode.RECORD_MALFORMED, "kp-servers", () -> verify(jws));
    }
  }

  @Test
  void refusesAPayloadThatIsNotStrictJsonOfVersion1() throws Exception {
    for (String payload :
        new String[] {
          goodPayload.replace("\"v\":1,", ""),
          goodPayload.replace("\"v\":1,", "\"v\":2,"),
          goodPayload.replace("\"v\":1,", "\"v\":\"1\","),
          goodPayload.replace("\"v\":1,", "\"v\":1.0,"),
          goodPayload.replace("\"v\":1,", "\"v\":1e0,"),
          goodPayload.replace("\"v\":1,", "\"v\":1,\"v\":1,"),
          goodPayload.replace("\"v\":1,", "\"v\":1,\"extra\":true,"),
          goodPayload.replace("\"port\":443", "\"port\":443,\"port\":25"),
          goodPayload.replace("\"port\":443", "\"port\":443,\"x\":1"),
          goodPayload.replace("\"port\":443", "\"port\":70000"),
          goodPayload.replace("\"port\":443", "\"port\":-1"),
          goodPayload.replace("\"port\":443", "\"port\":null"),
          goodPayload.replace("in_service", "IN_SERVICE"),
          goodPayload.replace("mx.alpha.test", "MX.alpha.test"),
          goodPayload.replace("mx.alpha.test", "10.0.0.1"),
          goodPayload.replace("\"gen\":7", "\"gen\":9007199254740992"),
          goodPayload.replace("\"gen\":7", "\"gen\":99999999999999999999999"),
          goodPayload.replace("\"pools\":[", "\"pools\":[[[[[[[[[[]]]]]]]]],"),
          goodPayload + "{}",
          goodPayload + "x",
          "\ufeff" + goodPayload,
          "[" + goodPayload + "]",
          "/* */" + goodPayload,
          ""
        }) {
      String jws = sign(goodHeader, payload);
      assertRefused(RefusalCode.RECORD_MALFORMED, "kp-servers", () -> verify(jws));
    }
  }

  @Test
  void refusesAPayloadThatIsNotUtf8() throws Exception {
    byte[] utf16 = goodPayload.getBytes(StandardCharsets.UTF_16);
    byte[] broken = goodPayload.getBytes(StandardCharsets.UTF_8);
    broken[goodPayload.indexOf("default")] = (byte) 0xff;
    for (byte[] payload : new byte[][] {utf16, broken}) {
      String jws = sign(Bytes.utf8(goodHeader), Bytes.copyOf(payload));
      assertRefused(RefusalCode.RECORD_MALFORMED, "kp-servers", () -> verify(jws));
    }
  }

  @Test
  void refusesAnotherNumberOfPartsPaddingAndOtherEncodings() throws Exception {
    String jws = sign(goodHeader, goodPayload);
    String[] parts = jws.split("\\.");
    for (String bad :
        new String[] {
          "",
          ".",
          "..",
          "...",
          parts[0] + "." + parts[1],
          jws + ".",
          jws + "." + parts[2],
          jws + "=",
          jws + "\n",
          " " + jws,
          parts[0] + "=." + parts[1] + "." + parts[2],
          jws.replace('-', '+').replace('_', '/') + "+",
          parts[0] + "." + parts[1] + "." + parts[2].substring(4),
          parts[0] + "." + parts[1] + "." + parts[2] + "AAAA",
          "{\"payload\":\"" + parts[1] + "\"}"
        }) {
      assertRefused(RefusalCode.RECORD_MALFORMED, "kp-servers", () -> verify(bad));
    }
  }

  @Test
  void refusesASignatureOfZeros() {
    String signed = alpha.signer.sign(alpha.servers());
    String zeros =
        signed.substring(0, signed.lastIndexOf('.') + 1) + Bytes.copyOf(new byte[64]).base64Url();

    assertRefused(RefusalCode.RECORD_UNTRUSTED, "signature", () -> verify(zeros));
  }

  @Test
  void refusesBySizeBeforeAnythingIsParsed() {
    String large = "a".repeat(RecordKind.SERVERS.maxCharacters() + 1);

    assertRefused(RefusalCode.RECORD_MALFORMED, "longer than", () -> verify(large));
  }

  private Verified<ServersRecord> verify(String jws) {
    return RecordVerifier.verifyServers(jws, verified, NOW);
  }

  private String sign(String header, String payload) throws Exception {
    return sign(Bytes.utf8(header), Bytes.utf8(payload));
  }

  /** By the platform alone, so that what a library would never write is written too. */
  private String sign(Bytes header, Bytes payload) throws Exception {
    String signed = header.base64Url() + "." + payload.base64Url();
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(alpha.signingKeys.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Bytes.copyOf(signature.sign()).base64Url();
  }

  private static String payloadOf(String jws) {
    return new String(
        Bytes.parseBase64Url(jws.split("\\.")[1]).toByteArray(), StandardCharsets.UTF_8);
  }
}
