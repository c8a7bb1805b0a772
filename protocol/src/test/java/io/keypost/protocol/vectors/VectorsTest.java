package io.keypost.protocol.vectors;

import static io.keypost.protocol.vectors.Vectors.all;
import static io.keypost.protocol.vectors.Vectors.bytes;
import static io.keypost.protocol.vectors.Vectors.certificate;
import static io.keypost.protocol.vectors.Vectors.certificateOf;
import static io.keypost.protocol.vectors.Vectors.domain;
import static io.keypost.protocol.vectors.Vectors.manifest;
import static io.keypost.protocol.vectors.Vectors.now;
import static io.keypost.protocol.vectors.Vectors.pin;
import static io.keypost.protocol.vectors.Vectors.secretKey;
import static io.keypost.protocol.vectors.Vectors.signedEnvelope;
import static io.keypost.protocol.vectors.Vectors.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.keyring.KeyringVectors;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.FrameReader;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.MessageOpener;
import io.keypost.protocol.openpgp.OpenedMessage;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.Spool;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.SignedRecord;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Decodes, verifies, opens and re-encodes the kept files of docs/vectors, each as their manifest
 * says.
 */
class VectorsTest {
  @Test
  @EnabledIfSystemProperty(
      named = "keypost.vectors.write",
      matches = "true",
      disabledReason = "only a new version of the protocol needs new vectors")
  void makesTheVectorsAnew() throws IOException {
    new VectorMaker(Vectors.DIRECTORY).write();
    assertThat(Vectors.DIRECTORY.resolve("manifest.json")).isNotEmptyFile();
  }

  @Test
  @EnabledIfSystemProperty(
      named = "keypost.vectors.keyring",
      matches = "true",
      disabledReason = "they were added to the others once")
  void addsTheVectorsOfTheKeyring() throws IOException {
    VectorMaker.addKeyring(Vectors.DIRECTORY, secretKey("users/alice.secret.pgp"));
    assertThat(Vectors.DIRECTORY.resolve("users/alice.keyring.bin")).isNotEmptyFile();
  }

  @Test
  @EnabledIfSystemProperty(
      named = "keypost.vectors.revocations",
      matches = "true",
      disabledReason = "they were added to the others once")
  void addsTheVectorsOfRevocations() throws IOException {
    VectorMaker.addRevocations(Vectors.DIRECTORY);
    assertThat(Vectors.DIRECTORY.resolve("gamma.test/revocations.jws")).isNotEmptyFile();
  }

  @Test
  void everyFileStandsInTheManifest() throws IOException {
    Set<String> listed = new TreeSet<>(Set.of("manifest.json"));
    all().forEach(vector -> listed.add(vector.get("file").asText()));
    try (Stream<Path> files = Files.walk(Vectors.DIRECTORY)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> Vectors.DIRECTORY.relativize(file).toString().replace('\\', '/')))
          .containsExactlyInAnyOrderElementsOf(listed);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyVectorIsWhatTheManifestSays() {
    return all()
        .map(
            vector ->
                dynamicTest(
                    vector.get("file").asText() + ": " + vector.get("about").asText(),
                    () -> check(vector)));
  }

  @Test
  void bobReadsTheMessageAlongTheWholeChainOfTrust() throws IOException {
    VerifiedDomain beta = domain("beta.test");
    ConsentRecord consent =
        RecordVerifier.verifyConsent(
                alias().consent(), beta, address("info@alpha.test"), alias().target(), now())
            .record();
    UserCertificate bobPublished = certificateOf("beta.test", "bob");
    assertThat(
            ConsentSignatures.verify(
                    consent.alias(), consent.serial(), consent.signature(), bobPublished, now())
                .key())
        .isEqualTo(bobPublished.fingerprint());
    OpenedMessage<Bytes> opened =
        new MessageOpener(secretKey("users/bob.secret.pgp"))
            .open(
                bytes("message/payload.pgp").asInputStream(),
                signedEnvelope(),
                certificateOf("alpha.test", "alice"),
                now(),
                Spool.inMemory(1 << 20));
    assertThat(opened.content()).isEqualTo(bytes("message/content.eml"));
  }

  private static void check(JsonNode vector) throws IOException {
    Bytes octets = bytes(vector.get("file").asText());
    assertThat(octets.size()).isEqualTo(vector.get("size").asInt());
    assertThat(Digest.sha256(octets).hex()).isEqualTo(vector.get("sha256").asText());
    if (vector.has("refused")) {
      assertThatThrownBy(() -> read(vector, octets))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.code().wire()).isEqualTo(vector.get("refused").asText()));
    } else {
      assertThat(read(vector, octets)).isEqualTo(octets);
    }
  }

  /** Decodes and verifies, compares with the manifest, and gives what encoding anew gives. */
  private static Bytes read(JsonNode vector, Bytes octets) throws IOException {
    return switch (vector.get("kind").asText()) {
      case "pin" -> readPin(vector, octets);
      case "certificate" -> readCertificate(vector, octets);
      case "kp-root" -> readRootStatement(vector, octets);
      case "kp-domain" -> {
        VerifiedDomain domain = verified(vector, text(octets));
        yield encodedAnew(domain.record(), domain.jws());
      }
      case "kp-servers" ->
          encodedAnew(
              RecordVerifier.verifyServers(
                  text(octets), domain(vector.get("domain").asText()), now()));
      case "kp-revocations" -> readRevocations(vector, octets);
      case "kp-address" -> readAddress(vector, octets);
      case "kp-consent" ->
          encodedAnew(
              RecordVerifier.verifyConsent(
                  text(octets),
                  domain(vector.get("domain").asText()),
                  address(vector.get("alias").asText()),
                  address(vector.get("target").asText()),
                  now()));
      case "kp-receipt" -> readReceipt(vector, octets);
      case "user-certificate" -> readUserCertificate(vector, octets);
      case "user-secret-key" -> {
        UserSecretKey key =
            UserSecretKey.unprotect(octets, manifest().get("passphrase").asText().toCharArray());
        assertThat(key.address()).hasToString(vector.get("address").asText());
        // Sealing salts anew: what was read is compared by protecting and reading once more.
        char[] other = "another".toCharArray();
        UserSecretKey again =
            UserSecretKey.unprotect(key.protect(other, new SecureRandom()), other);
        assertThat(again.certificate()).isEqualTo(key.certificate());
        yield octets;
      }
      case "key-statement" -> {
        KeyStatement statement = KeyStatement.parse(text(octets));
        KeyHistory history = KeyHistory.verify(statement.address(), List.of(statement));
        assertThat(history.address()).hasToString(vector.get("address").asText());
        yield Bytes.utf8(statement.text());
      }
      case "keyring" -> KeyringVectors.readKeyring(vector, octets);
      case "device-statement" ->
          KeyringVectors.readDevice(vector, octets, certificateOf("alpha.test", "alice"), now());
      case "parcel" ->
          KeyringVectors.readParcel(
              vector,
              octets,
              bytes("users/alice.device.txt"),
              all()
                  .filter(v -> v.get("file").asText().equals("users/alice.device.txt"))
                  .findFirst()
                  .orElseThrow(),
              certificateOf("alpha.test", "alice"));
      case "content" -> {
        assertThat(text(octets)).contains("Keypost-Id: " + vector.get("message_id").asText());
        yield octets;
      }
      case "envelope" -> readEnvelope(vector, octets);
      case "envelope-signature" -> readSignature(vector, octets);
      case "payload", "frame" -> readFrame(vector, octets);
      case "head" -> Head.decode(octets).encode();
      default -> throw new AssertionError("a kind without a check: " + vector);
    };
  }

  private static Bytes readPin(JsonNode vector, Bytes octets) {
    Pin pin = Pin.parse(text(octets), domainName(vector));
    assertThat(pin.gen()).isEqualTo(vector.get("gen").asLong());
    assertThat(pin.root().base64Url()).isEqualTo(vector.get("root").asText());
    return Bytes.utf8(pin.toTxt());
  }

  private static Bytes readCertificate(JsonNode vector, Bytes octets) {
    X509Certificate certificate = CertificateCodec.decode(octets);
    MailDomain domain = domainName(vector);
    X509Certificate root = certificate(domain, CertificateUse.ROOT);
    X509Certificate ca = certificate(domain, CertificateUse.OPERATIONAL_CA);
    CertificateUse use =
        Stream.of(CertificateUse.values())
            .filter(u -> u.path().equals(vector.get("use").asText()))
            .findFirst()
            .orElseThrow();
    if (use == CertificateUse.ROOT) {
      assertThat(CertificateChecker.checkRoot(certificate, domain, now()).use()).isEqualTo(use);
      assertThat(CertificateDigests.spki(certificate)).isEqualTo(pin(domain).root());
    } else {
      List<X509Certificate> chain =
          use == CertificateUse.OPERATIONAL_CA ? List.of(ca) : List.of(certificate, ca);
      assertThat(
              CertificateChecker.check(
                      chain, root, Set.of(CertificateDigests.certificate(ca)), use, domain, now())
                  .certificate())
          .isEqualTo(certificate);
    }
    return CertificateCodec.encode(certificate);
  }

  private static Bytes readRootStatement(JsonNode vector, Bytes octets) {
    MailDomain domain = domainName(vector);
    return encodedAnew(
        RecordVerifier.verifyStatement(
            text(octets),
            certificate(domain, CertificateUse.ROOT),
            pin(domain).root(),
            domain,
            now()));
  }

  private static Bytes readRevocations(JsonNode vector, Bytes octets) {
    Verified<RevocationsRecord> verified =
        RecordVerifier.verifyRevocations(
            text(octets), domain(vector.get("domain").asText()), now());
    assertThat(verified.record().certificates()).isEqualTo(digests(vector, "certificates"));
    assertThat(verified.record().keys()).isEqualTo(digests(vector, "keys"));
    return encodedAnew(verified);
  }

  private static Set<Digest> digests(JsonNode vector, String member) {
    return StreamSupport.stream(vector.get(member).spliterator(), false)
        .map(digest -> Digest.parseBase64Url(digest.asText()))
        .collect(Collectors.toSet());
  }

  private static Bytes readAddress(JsonNode vector, Bytes octets) {
    Verified<AddressRecord> verified =
        RecordVerifier.verifyAddress(
            text(octets),
            domain(vector.get("domain").asText()),
            address(vector.get("address").asText()),
            now());
    String content =
        switch (verified.record().content()) {
          case AddressRecord.Mailbox mailbox -> {
            UserCertificate certificate = UserCertificate.decode(mailbox.certificate());
            KeyHistory history =
                KeyHistory.verify(
                    verified.record().address(),
                    verified.record().statements().stream().map(KeyStatement::parse).toList());
            assertThat(history.primaryFingerprint()).isEqualTo(certificate.fingerprint());
            yield "mailbox";
          }
          case AddressRecord.Alias alias -> {
            assertThat(alias.target()).hasToString(vector.get("target").asText());
            yield "alias";
          }
          case AddressRecord.Unknown unknown -> "unknown";
          case AddressRecord.Revoked revoked -> "revoked";
        };
    assertThat(content).isEqualTo(vector.get("content").asText());
    return encodedAnew(verified);
  }

  private static Bytes readReceipt(JsonNode vector, Bytes octets) {
    MailDomain operator = domainName(vector);
    Verified<ReceiptRecord> verified =
        RecordVerifier.verifyReceipt(
            text(octets),
            Stream.of(CertificateUse.RECEIPT, CertificateUse.OPERATIONAL_CA)
                .map(use -> CertificateCodec.encode(certificate(operator, use)))
                .toList(),
            vector.has("revocations")
                ? domain(operator.value())
                    .revoking(
                        RecordVerifier.verifyRevocations(
                            text(bytes(vector.get("revocations").asText())),
                            domain(operator.value()),
                            now()))
                : domain(operator.value()),
            now());
    assertThat(verified.record().envelopeDigest())
        .isEqualTo(signedEnvelope().envelopeDigest())
        .isEqualTo(Digest.parseBase64Url(vector.get("envelope_digest").asText()));
    assertThat(verified.record().outcome()).isEqualTo(ReceiptRecord.ReceiptOutcome.DELIVERED);
    return encodedAnew(verified);
  }

  private static Bytes readUserCertificate(JsonNode vector, Bytes octets) {
    UserCertificate certificate = UserCertificate.decode(octets);
    assertThat(certificate.address()).hasToString(vector.get("address").asText());
    assertThat(certificate.fingerprint().hex()).isEqualTo(vector.get("primary").asText());
    assertThat(certificate.signingSubkeys(now()))
        .singleElement()
        .satisfies(
            key -> assertThat(key.fingerprint().hex()).isEqualTo(vector.get("signing").asText()));
    assertThat(certificate.currentEncryptionKey(now()).fingerprint().hex())
        .isEqualTo(vector.get("encryption").asText());
    return certificate.encode();
  }

  private static Bytes readEnvelope(JsonNode vector, Bytes octets) {
    Envelope envelope = Envelope.decode(octets);
    assertThat(envelope.messageId().base64Url()).isEqualTo(vector.get("message_id").asText());
    assertThat(envelope.sender()).hasToString(vector.get("sender").asText());
    assertThat(envelope.recipient()).hasToString(vector.get("recipient").asText());
    assertThat(envelope.addressedAs()).hasToString(vector.get("addressed_as").asText());
    assertThat(envelope.created()).isEqualTo(vector.get("created").asText());
    assertThat(envelope.expires()).isEqualTo(vector.get("expires").asText());
    assertThat(envelope.payloadDigest()).isEqualTo(Digest.sha256(bytes("message/payload.pgp")));
    return envelope.encode();
  }

  private static Bytes readSignature(JsonNode vector, Bytes octets) {
    SignedEnvelope signed = SignedEnvelope.decode(bytes("message/envelope.bin"), octets);
    assertThat(
            DetachedSignatures.verify(
                    SignatureContext.ENVELOPE,
                    signed.encoded(),
                    signed.signature(),
                    certificateOf("alpha.test", "alice"),
                    signed.envelope().senderKey(),
                    now())
                .key())
        .isEqualTo(signed.envelope().senderKey());
    assertThat(signed.envelopeDigest().base64Url())
        .isEqualTo(vector.get("envelope_digest").asText());
    return signed.signature();
  }

  /** A frame, or a payload in the frame of the kept envelope. */
  private static Bytes readFrame(JsonNode vector, Bytes octets) throws IOException {
    boolean alone = vector.get("kind").asText().equals("payload");
    Bytes prefix = Frames.prefix(new Head(List.of(signedEnvelope())));
    ByteBuffer input = (alone ? Bytes.concat(prefix, octets) : octets).asByteBuffer();
    ByteArrayOutputStream anew = new ByteArrayOutputStream();
    FrameReader reader = new FrameReader();
    for (var part = reader.next(input); part.isPresent(); part = reader.next(input)) {
      switch (part.get()) {
        case FrameReader.Part.Start(Head head) -> {
          if (!alone) {
            Frames.prefix(head).writeTo(anew);
          }
        }
        case FrameReader.Part.Payload(ByteBuffer piece) -> Bytes.copyOf(piece).writeTo(anew);
        case FrameReader.Part.End(Head head, Optional<Refusal> refusal) -> {
          if (refusal.isPresent()) {
            throw new RefusedException(refusal.get());
          }
        }
      }
    }
    reader.finish();
    return Bytes.copyOf(anew.toByteArray());
  }

  private static Bytes encodedAnew(Verified<?> verified) {
    return encodedAnew(verified.record(), verified.jws());
  }

  /**
   * The same record signed once more by a key of this test has another header and signature; the
   * payload between them must be the same octets.
   */
  private static Bytes encodedAnew(SignedRecord record, String jws) {
    RecordSigner signer =
        new VectorDomain("gamma.test", VectorMaker.NOW, new SecureRandom()).signer;
    String[] kept = jws.split("\\.");
    String payload = signer.sign(record).split("\\.")[1];
    return Bytes.utf8(kept[0] + "." + payload + "." + kept[2]);
  }

  private static AddressRecord.Alias alias() {
    return (AddressRecord.Alias)
        RecordVerifier.verifyAddress(
                text(bytes("alpha.test/info.jws")),
                domain("alpha.test"),
                address("info@alpha.test"),
                now())
            .record()
            .content();
  }

  private static VerifiedDomain verified(JsonNode vector, String jws) {
    MailDomain name = domainName(vector);
    return RecordVerifier.verifyDomain(jws, pin(name).root(), name, now());
  }

  private static MailDomain domainName(JsonNode vector) {
    return MailDomain.parse(vector.get("domain").asText());
  }

  private static Address address(String text) {
    return Address.parseCanonical(text);
  }
}
