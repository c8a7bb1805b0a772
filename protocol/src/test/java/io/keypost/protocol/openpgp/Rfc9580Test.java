package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.refusal.RefusalCode.PAYLOAD_MALFORMED;
import static io.keypost.protocol.refusal.RefusalCode.USER_CERTIFICATE_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.PayloadInspector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.bouncycastle.openpgp.api.OpenPGPMessageInputStream;
import org.bouncycastle.openpgp.api.OpenPGPMessageProcessor;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.junit.jupiter.api.Test;

/** The samples of RFC 9580, Appendix A, read by our parsers and by the library. */
class Rfc9580Test {
  private static final Bytes FINGERPRINT =
      Bytes.parseHex("cb186c4f0609a697e4d52dfa6c722b0c1f1e27c18a56708f6525ec27bad9acc9");

  @Test
  void readsTheVersion6Certificate() throws Exception {
    List<Packets.Packet> packets = Packets.readAll(dearmored("a3-certificate.asc"), 16);
    KeyPacket primary = KeyPacket.read(packets.get(0).body());
    SignatureBody directKey = SignatureBody.read(packets.get(1), Profile.CERTIFICATE_SUBPACKETS);
    KeyPacket subkey = KeyPacket.read(packets.get(2).body());
    SignatureBody binding = SignatureBody.read(packets.get(3), Profile.CERTIFICATE_SUBPACKETS);

    assertThat(packets).hasSize(4);
    assertThat(primary.fingerprint()).isEqualTo(FINGERPRINT);
    assertThat(subkey.fingerprint())
        .isEqualTo(
            Bytes.parseHex("12c83f1e706f6308fe151a417743a1f033790e93e9978488d1db378da9930885"));
    assertThat(directKey.created()).isEqualTo(Instant.parse("2022-11-30T16:08:03Z"));
    assertThat(directKey.issuer()).isEqualTo(FINGERPRINT);
    PGPSignature direct = directKey.forVerification();
    direct.init(new BcPGPContentVerifierBuilderProvider(), primary.asPrimary());
    assertThat(direct.verifyCertification(primary.asPrimary())).isTrue();
    PGPSignature bound = binding.forVerification();
    bound.init(new BcPGPContentVerifierBuilderProvider(), primary.asPrimary());
    assertThat(bound.verifyCertification(primary.asPrimary(), subkey.asSubkey())).isTrue();
  }

  @Test
  void theCertificateIsNoUsersAndIsRefused() throws IOException {
    Bytes sample = dearmored("a3-certificate.asc");
    assertRefused(
        USER_CERTIFICATE_INVALID, "more than certify", () -> UserCertificate.decode(sample));
  }

  @Test
  void verifiesTheSignatureOfTheCleartextMessage() throws Exception {
    String message = text("a6-cleartext-signed.asc");
    String text =
        "What we need from the grocery store:\r\n\r\n- tofu\r\n- vegetables\r\n- noodles\r\n";
    Bytes armored = Bytes.utf8(message.substring(message.indexOf("-----BEGIN PGP SIGNATURE")));
    SignatureBody body =
        SignatureBody.read(
            Packets.readOne(dearmored(armored), Packets.TAG_SIGNATURE),
            Profile.DETACHED_SUBPACKETS);
    PGPSignature signature = body.forVerification();
    signature.init(new BcPGPContentVerifierBuilderProvider(), primary().asPrimary());
    signature.update(text.getBytes(StandardCharsets.UTF_8));

    assertThat(body.type()).isEqualTo(PGPSignature.CANONICAL_TEXT_DOCUMENT);
    assertThat(signature.verify()).isTrue();
    assertThat(body.packet().encoded()).isEqualTo(dearmored(armored));
  }

  @Test
  void readsTheInlineSignedMessage() throws Exception {
    PacketStream packets = new PacketStream(dearmored("a7-inline-signed.asc").asInputStream());
    PacketStream.Body onePass = Objects.requireNonNull(packets.next());
    assertThat(onePass.tag()).isEqualTo(Packets.TAG_ONE_PASS_SIGNATURE);
    onePass.readAll(128);
    PacketStream.Body literal = Objects.requireNonNull(packets.next());
    assertThat(literal.tag()).isEqualTo(Packets.TAG_LITERAL_DATA);
    assertThat(new String(literal.readAll(128), StandardCharsets.UTF_8)).contains("- vegetables");
    PacketStream.Body signature = Objects.requireNonNull(packets.next());
    Bytes body = Bytes.copyOf(signature.readAll(256));
    Set<Integer> allowed = new HashSet<>(Profile.INNER_SUBPACKETS);
    SignatureBody read =
        SignatureBody.read(new Packets.Packet(Packets.TAG_SIGNATURE, body), allowed);
    assertThat(read.find(SignatureSubpacketTags.ISSUER_FINGERPRINT)).isPresent();
    assertThat(read.issuer()).isEqualTo(FINGERPRINT);
    assertThat(packets.next()).isNull();
  }

  @Test
  void opensTheMessageEncryptedWithX25519AndOcb() throws Exception {
    assertThat(new String(openWithLibrary("a8-x25519-aead-ocb.asc"), StandardCharsets.UTF_8))
        .isEqualTo("Hello, world!");
  }

  @Test
  void theEncryptedMessageIsNoPayloadForItsCipherIsWeaker() throws IOException {
    Bytes sample = dearmored("a8-x25519-aead-ocb.asc");
    assertRefused(
        PAYLOAD_MALFORMED, () -> new PayloadInspector(Set.of()).inspect(sample.asByteBuffer()));
  }

  private static byte[] openWithLibrary(String name) throws IOException, PGPException {
    OpenPGPKey key =
        new OpenPGPKey(
            new PGPSecretKeyRing(
                dearmored("a4-secret-key.asc").toByteArray(), new BcKeyFingerprintCalculator()),
            new BcOpenPGPImplementation());
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (OpenPGPMessageInputStream message =
        new OpenPGPMessageProcessor(new BcOpenPGPImplementation())
            .addDecryptionKey(key)
            .process(dearmored(name).asInputStream())) {
      message.transferTo(plain);
    }
    return plain.toByteArray();
  }

  private static KeyPacket primary() throws Exception {
    return KeyPacket.read(Packets.readAll(dearmored("a3-certificate.asc"), 16).getFirst().body());
  }

  private static Bytes dearmored(String name) throws IOException {
    return dearmored(Bytes.utf8(text(name)));
  }

  private static Bytes dearmored(Bytes armored) throws IOException {
    try (ArmoredInputStream in =
        new ArmoredInputStream(new ByteArrayInputStream(armored.toByteArray()))) {
      return Bytes.copyOf(in.readAllBytes());
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Rfc9580Test.class.getResourceAsStream("/rfc9580/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
