package io.keypost.protocol.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.OpenSsl;
import io.keypost.protocol.record.RecordKind;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kept files of docs/vectors under other implementations than our own: records under Nimbus
 * JOSE+JWT, certificates under OpenSSL, where the machine has it.
 */
class VectorsInteropTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> nimbusVerifiesEveryRecord() {
    return records()
        .map(vector -> dynamicTest(file(vector), () -> verifiesUnderItsSignerAlone(vector)));
  }

  @Test
  void thereIsARecordOfEveryKind() {
    assertThat(records().map(VectorsInteropTest::kind).collect(Collectors.toSet()))
        .isEqualTo(EnumSet.allOf(RecordKind.class));
  }

  private static void verifiesUnderItsSignerAlone(JsonNode vector) throws Exception {
    String domain = vector.get("domain").asText();
    JWSObject jws = JWSObject.parse(Vectors.text(file(vector)));
    X509Certificate signer = Vectors.certificate(MailDomain.parse(domain), kind(vector).signer());

    assertThat(jws.getHeader().toJSONObject().keySet())
        .containsExactlyInAnyOrder("alg", "typ", "kid");
    assertThat(jws.getHeader().getType().getType()).isEqualTo(vector.get("kind").asText());
    assertThat(jws.getHeader().getKeyID())
        .isEqualTo(Digest.sha256(CertificateCodec.encode(signer)).base64Url());
    assertThat(jws.verify(verifier(signer))).isTrue();
    assertThat(altered(jws, 0).verify(verifier(signer))).as("header altered").isFalse();
    assertThat(altered(jws, 1).verify(verifier(signer))).as("payload altered").isFalse();
    assertThat(altered(jws, 2).verify(verifier(signer))).as("signature altered").isFalse();
    for (JsonNode other : certificates().toList()) {
      X509Certificate certificate = CertificateCodec.decode(Vectors.bytes(file(other)));
      assertThat(jws.verify(verifier(certificate)))
          .as("under %s", file(other))
          .isEqualTo(certificate.equals(signer));
    }
  }

  /** The same with one of its three parts changed, and still a JWS. */
  private static JWSObject altered(JWSObject jws, int part) throws Exception {
    Base64URL[] parts = jws.getParsedParts().clone();
    if (part == 0) {
      String header = parts[part].decodeToString();
      parts[part] = Base64URL.encode(header.replace("\"kp-", "\"kq-"));
    } else {
      byte[] octets = parts[part].decode();
      octets[octets.length / 2] ^= 1;
      parts[part] = Base64URL.encode(octets);
    }
    return new JWSObject(parts[0], parts[1], parts[2]);
  }

  private static JWSVerifier verifier(X509Certificate certificate) throws Exception {
    return new ECDSAVerifier((ECPublicKey) certificate.getPublicKey());
  }

  @TestFactory
  Stream<DynamicTest> openSslReadsEveryCertificateAsTheManifestSays() {
    OpenSsl.assumePresent();
    return certificates()
        .map(vector -> dynamicTest(file(vector), () -> isWhatTheManifestSays(vector)));
  }

  private void isWhatTheManifestSays(JsonNode vector) throws Exception {
    String file = Vectors.DIRECTORY.resolve(file(vector)).toString();
    String shown =
        new OpenSsl(folder)
            .run(
                "x509",
                "-inform",
                "DER",
                "-in",
                file,
                "-noout",
                "-text",
                "-fingerprint",
                "-sha256");

    assertThat(shown.replace(":", "").toLowerCase(Locale.ROOT))
        .contains("fingerprint=" + vector.get("sha256").asText());
    assertThat(shown)
        .contains(
            "URI:keypost://" + vector.get("domain").asText() + "/" + vector.get("use").asText());
  }

  @TestFactory
  Stream<DynamicTest> openSslVerifiesEveryChainUnderTheRootThatThePinNames() {
    OpenSsl.assumePresent();
    return certificates()
        .filter(vector -> !use(vector).isAuthority())
        .map(vector -> dynamicTest(file(vector), () -> verifiesUnderItsRootAlone(vector)));
  }

  private void verifiesUnderItsRootAlone(JsonNode vector) throws Exception {
    MailDomain domain = MailDomain.parse(vector.get("domain").asText());
    X509Certificate leaf = CertificateCodec.decode(Vectors.bytes(file(vector)));
    X509Certificate ca = Vectors.certificate(domain, CertificateUse.OPERATIONAL_CA);
    X509Certificate root = Vectors.certificate(domain, CertificateUse.ROOT);
    OpenSsl openSsl = new OpenSsl(folder);

    assertThat(openSsl.verify(leaf, List.of(ca), root, Vectors.now())).endsWith("leaf.pem: OK");
    assertThat(spki(openSsl, root)).isEqualTo(Vectors.pin(domain).root());
    for (JsonNode other : certificates().filter(v -> use(v) == CertificateUse.ROOT).toList()) {
      X509Certificate otherRoot = CertificateCodec.decode(Vectors.bytes(file(other)));
      if (!otherRoot.equals(root)) {
        assertThat(openSsl.verify(leaf, List.of(ca), otherRoot, Vectors.now()))
            .as("under %s", file(other))
            .contains("unable to get");
      }
    }
  }

  /** Digest of a certificate's key as OpenSSL takes it out. */
  private static Digest spki(OpenSsl openSsl, X509Certificate certificate) throws Exception {
    String file = openSsl.write("root.pem", CertificateCodec.toPem(certificate));
    String pem = openSsl.run("x509", "-in", file, "-noout", "-pubkey");
    return Digest.sha256(Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "")));
  }

  private static Stream<JsonNode> records() {
    return Vectors.all().filter(vector -> file(vector).endsWith(".jws") && !vector.has("refused"));
  }

  private static Stream<JsonNode> certificates() {
    return Vectors.all().filter(vector -> vector.get("kind").asText().equals("certificate"));
  }

  private static String file(JsonNode vector) {
    return vector.get("file").asText();
  }

  private static RecordKind kind(JsonNode vector) {
    return Arrays.stream(RecordKind.values())
        .filter(kind -> kind.typ().equals(vector.get("kind").asText()))
        .findFirst()
        .orElseThrow();
  }

  private static CertificateUse use(JsonNode vector) {
    return Arrays.stream(CertificateUse.values())
        .filter(use -> use.path().equals(vector.get("use").asText()))
        .findFirst()
        .orElseThrow();
  }
}
