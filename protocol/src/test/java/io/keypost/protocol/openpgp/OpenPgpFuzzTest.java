package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BEGIN;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.CAROL;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-KEY-1 to KP-KEY-7, KP-ENV-5, KP-RDR-2, T19, T21, T39: whatever is given for OpenPGP. */
class OpenPgpFuzzTest {

  static Stream<byte[]> certificates() {
    return Stream.concat(
        Vectors.octets("users/alice.certificate.pgp", "users/bob.certificate.pgp"),
        Stream.of(
            ALICE
                .keyring()
                .withNewDevice(BEGIN.plusSeconds(60), RANDOM)
                .rotateEncryptionSubkey(BEGIN.plusSeconds(120), RANDOM)
                .certificate()
                .encode()
                .toByteArray()));
  }

  @MethodSource("certificates")
  @FuzzTest
  void certificate(byte[] octets) throws Exception {
    Bytes encoded = Bytes.copyOf(octets);
    Hostile.isReadOrRefused(octets.length, () -> isUsableOrRefused(encoded));
  }

  private static void isUsableOrRefused(Bytes encoded) {
    UserCertificate certificate = UserCertificate.decode(encoded);
    assertThat(certificate.encode()).isEqualTo(encoded);
    assertThat(certificate.signingSubkeys(NOW)).isNotNull();
    assertThat(certificate.life().at(NOW)).isNotNull();
    assertThat(certificate.currentEncryptionKey(NOW).fingerprint()).isNotNull();
  }

  /** Otherwise the test below would try nothing but wrong signatures. */
  @Test
  void theSignatureMadeByHandIsGood() throws Exception {
    Bytes flags = Bytes.copyOf(subpackets().findFirst().orElseThrow());

    assertThat(UserCertificate.decode(Forged.certificate(flags)).address())
        .isEqualTo(Forge.MALLORY);
  }

  static Stream<byte[]> subpackets() {
    return Stream.of(
            // Key flags: certify. Key expiration time: none.
            "02 1b 01",
            "02 1b 01 05 09 00000000",
            "02 1b 01 05 09 ffffffff",
            // Features, preferences, primary user id.
            "02 1b 01 02 1e 09 04 0b 0908 07 02 19 01")
        .map(hex -> Bytes.parseHex(hex.replace(" ", "")).toByteArray());
  }

  /**
   * What a hostile user can sign: hashed subpackets of every kind in a good signature on the
   * primary key, next to those that it must have.
   */
  @MethodSource("subpackets")
  @FuzzTest
  void signedSubpackets(byte[] octets) throws Exception {
    Bytes forged = Forged.certificate(Bytes.copyOf(octets));
    Hostile.isReadOrRefused(octets.length, () -> isUsableOrRefused(forged));
  }

  /** Mallory's certificate, whose direct-key signature may say whatever there is. */
  private static final class Forged {
    private static final Forge FORGE = forge();
    static final Bytes KEY_BODY;
    static final Bytes REST;

    static {
      try {
        KEY_BODY =
            Bytes.copyOf(FORGE.primary.getPublicKey().getPublicKeyPacket().getEncodedContents());
        Bytes good = FORGE.encoded();
        // All behind the primary key and its one signature.
        List<Packets.Packet> packets = Packets.readAll(good, CertificateReader.MAX_PACKETS);
        REST =
            Bytes.concat(
                packets.subList(2, packets.size()).stream()
                    .map(Packets.Packet::encoded)
                    .toArray(Bytes[]::new));
      } catch (java.io.IOException | MalformedPacketException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static Forge forge() {
      try {
        return Forge.begin().goodPrimary().goodSubkeys();
      } catch (org.bouncycastle.openpgp.PGPException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    /** With these subpackets in the direct-key signature besides its time and issuer. */
    static Bytes certificate(Bytes more) {
      return Bytes.concat(
          new Packets.Packet(Packets.TAG_PUBLIC_KEY, KEY_BODY).encoded(), directKey(more), REST);
    }

    /**
     * RFC 9580 section 5.2.4, by hand, so that nothing is left out that the library would not
     * write.
     */
    static Bytes directKey(Bytes more) {
      Bytes fingerprint = SecretKeys.fingerprint(FORGE.primary);
      ByteArrayOutputStream hashed = new ByteArrayOutputStream();
      hashed.writeBytes(Bytes.parseHex("0502").toByteArray());
      hashed.writeBytes(uint32(BEGIN.getEpochSecond()).toByteArray());
      hashed.writeBytes(Bytes.parseHex("222106").toByteArray());
      hashed.writeBytes(fingerprint.toByteArray());
      hashed.writeBytes(more.toByteArray());
      Bytes area = Bytes.copyOf(hashed.toByteArray());
      Bytes start = Bytes.concat(Bytes.parseHex("061f1b08"), uint32(area.size()), area);
      Bytes salt = Bytes.copyOf(new byte[16]);
      Bytes digest =
          Digest.sha256(
                  salt,
                  Bytes.parseHex("9b"),
                  uint32(KEY_BODY.size()),
                  KEY_BODY,
                  start,
                  Bytes.parseHex("06ff"),
                  uint32(start.size()))
              .octets();
      Ed25519Signer signer = new Ed25519Signer();
      signer.init(
          true, new Ed25519PrivateKeyParameters(SecretKeys.secret(FORGE.primary).toByteArray()));
      signer.update(digest.toByteArray(), 0, digest.size());
      return new Packets.Packet(
              Packets.TAG_SIGNATURE,
              Bytes.concat(
                  start,
                  uint32(0),
                  digest.slice(0, 2),
                  Bytes.parseHex("10"),
                  salt,
                  Bytes.copyOf(signer.generateSignature())))
          .encoded();
    }

    private static Bytes uint32(long value) {
      return Bytes.copyOf(java.nio.ByteBuffer.allocate(4).putInt((int) value).array());
    }
  }

  static Stream<byte[]> signatures() {
    return Vectors.octets("message/signature.pgp", "refused/signature-other-context.pgp");
  }

  /** Of an envelope, as it stands in a head. */
  @MethodSource("signatures")
  @FuzzTest
  void envelopeSignature(byte[] octets) throws Exception {
    SignedEnvelope kept = Vectors.signedEnvelope();
    UserCertificate alice = Certificates.ALICE_AS_KEPT;
    Bytes signature = Bytes.copyOf(octets);
    Hostile.isReadOrRefused(
        octets.length,
        () ->
            assertThat(
                    DetachedSignatures.verify(
                            SignatureContext.ENVELOPE,
                            kept.encoded(),
                            signature,
                            alice,
                            kept.envelope().senderKey(),
                            Vectors.now())
                        .key())
                .isEqualTo(kept.envelope().senderKey()));
  }

  private static final class Certificates {
    static final UserCertificate ALICE_AS_KEPT = Vectors.certificateOf("alpha.test", "alice");
  }

  static Stream<byte[]> statements() {
    return Vectors.octets("users/alice.statement.txt", "users/bob.statement.txt");
  }

  @MethodSource("statements")
  @FuzzTest
  void keyStatement(byte[] octets) throws Exception {
    String text = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          KeyStatement statement = KeyStatement.parse(text);
          assertThat(KeyStatement.parse(statement.text())).isEqualTo(statement);
          KeyHistory history = KeyHistory.verify(statement.address(), List.of(statement));
          assertThat(history.primaryFingerprint()).isNotNull();
        });
  }

  static Stream<byte[]> payloads() {
    return Vectors.octets("message/payload.pgp");
  }

  /** As the ingress passed it on: the envelope names whatever payload there is, well signed. */
  @MethodSource("payloads")
  @FuzzTest
  void sealedPayload(byte[] octets) throws Exception {
    if (octets.length > 0) {
      opensOrIsRefused(octets.length, Bytes.copyOf(octets), Spool.inMemory(1 << 20));
    }
  }

  static Stream<byte[]> plaintexts() throws Exception {
    return Stream.of(
        ForgedPayload.signed(Bytes.utf8("a message"), ALICE, BOB).toByteArray(),
        ForgedPayload.signed(Bytes.utf8("a message"), ALICE, CAROL).toByteArray(),
        ForgedPayload.plaintextOf(Sealed.by(ALICE, Bytes.utf8("padded"), BOB).payload(), BOB)
            .toByteArray(),
        ForgedPayload.compressed(
                ForgedPayload.signed(Bytes.utf8("a message"), ALICE, BOB),
                org.bouncycastle.bcpg.CompressionAlgorithmTags.ZIP)
            .toByteArray(),
        ForgedPayload.literal(Bytes.utf8("unsigned")).toByteArray());
  }

  /** As a hostile sender made it: encrypted as it must be, with whatever inside. */
  @MethodSource("plaintexts")
  @FuzzTest
  void whatIsInside(byte[] octets) throws Exception {
    Bytes payload = ForgedPayload.encrypt(BOB.certificate(), Bytes.copyOf(octets));
    opensOrIsRefused(octets.length, payload, Spool.inMemory(1 << 20));
  }

  private static void opensOrIsRefused(int octets, Bytes payload, Spool<Bytes> spool)
      throws Exception {
    SignedEnvelope envelope = Sealed.envelope(ALICE, BOB, payload);
    Hostile.isReadOrRefused(
        octets,
        () -> {
          OpenedMessage<Bytes> opened =
              new MessageOpener(BOB)
                  .open(payload.asInputStream(), envelope, ALICE.certificate(), NOW, spool);
          assertThat(opened.content()).isNotNull();
        });
  }

  static Stream<byte[]> keyrings() {
    return Stream.of(ALICE.keyring().encode().toByteArray(), ALICE.device().encode().toByteArray());
  }

  /** What comes out of a sealed keyring or device file. */
  @MethodSource("keyrings")
  @FuzzTest
  void keyringContent(byte[] octets) throws Exception {
    Bytes content = Bytes.copyOf(octets);
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(UserKeyring.decode(content).encode()).isEqualTo(content));
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(DeviceKey.decode(content).encode()).isEqualTo(content));
  }
}
