package io.keypost.protocol.vectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.keyring.KeyringVectors;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealedMessage;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.refusal.RefusalCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Made the files of docs/vectors, and makes them anew when a version of the protocol asks for it:
 * keys and salts are random, so each run gives other octets that say the same.
 */
final class VectorMaker {
  /** When all of it happens. */
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  /** Protects the secret keys, which are secret from nobody. */
  static final String PASSPHRASE = "a passphrase for test vectors only";

  private static final long CONSENT_SERIAL = 5;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final SecureRandom random = new SecureRandom();
  private final Path directory;
  private final ObjectNode manifest = JSON.createObjectNode();
  private final VectorDomain alpha = new VectorDomain("alpha.test", NOW, random);
  private final VectorDomain beta = new VectorDomain("beta.test", NOW, random);
  private final UserSecretKey alice = user("alice@alpha.test");
  private final UserSecretKey bob = user("bob@beta.test");
  private final Address info = Address.parse("info@alpha.test");

  VectorMaker(Path directory) {
    this.directory = directory;
  }

  void write() throws IOException {
    manifest
        .put(
            "about",
            "Test vectors of the Keypost protocol, version 1. docs/protocol.md explains each kind;"
                + " the secret keys in here are public.")
        .put("now", NOW.toString())
        .put("passphrase", PASSPHRASE);
    manifest.putArray("vectors");
    writeDomain(alpha);
    writeDomain(beta);
    writeUser(alice, "alice");
    writeUser(bob, "bob");
    writeKeyring(alice);
    writeAddresses();
    SealedMessage sealed = writeMessage();
    writeReceipt(sealed.envelopes().getFirst());
    writeRefused(sealed.envelopes().getFirst());
    new RevocationVectors(this, random).write();
    Files.writeString(directory.resolve("manifest.json"), JSON.writeValueAsString(manifest) + "\n");
  }

  void writeDomain(VectorDomain of) throws IOException {
    String name = of.domain.value();
    add(name + "/pin.txt", "pin", Bytes.utf8(of.pin().toTxt()), "TXT at _keypost." + name)
        .put("domain", name)
        .put("gen", of.pin().gen())
        .put("root", of.spki().base64Url());
    certificate(of, of.root, CertificateUse.ROOT);
    certificate(of, of.ca, CertificateUse.OPERATIONAL_CA);
    certificate(of, of.signing, CertificateUse.SIGNING);
    certificate(of, of.server, CertificateUse.SERVER);
    certificate(of, of.receipt, CertificateUse.RECEIPT);
    String statement = of.rootStatement();
    record(of, "root-statement", "kp-root", statement, "what the root says, signed offline");
    record(of, "domain", "kp-domain", of.domainRecord(statement), "what the domain says of itself");
    record(of, "servers", "kp-servers", of.servers(), "the operator's servers");
  }

  private void certificate(VectorDomain of, X509Certificate certificate, CertificateUse use)
      throws IOException {
    add(
            of.domain + "/" + use.path() + ".der",
            "certificate",
            CertificateCodec.encode(certificate),
            "certificate for " + use.path() + " of " + of.domain)
        .put("domain", of.domain.value())
        .put("use", use.path());
  }

  ObjectNode record(VectorDomain of, String file, String kind, String jws, String about)
      throws IOException {
    return add(of.domain + "/" + file + ".jws", kind, Bytes.utf8(jws), about)
        .put("domain", of.domain.value());
  }

  private void writeUser(UserSecretKey user, String name) throws IOException {
    String address = user.address().toString();
    add(
            "users/" + name + ".certificate.pgp",
            "user-certificate",
            user.certificate().encode(),
            "OpenPGP certificate of " + address)
        .put("address", address)
        .put("primary", user.certificate().fingerprint().hex())
        .put("signing", user.signingFingerprint().hex())
        .put("encryption", user.certificate().currentEncryptionKey(NOW).fingerprint().hex());
    add(
            "users/" + name + ".secret.pgp",
            "user-secret-key",
            user.protect(PASSPHRASE.toCharArray(), random),
            "secret keys of " + address + ", Argon2id and AEAD under the passphrase")
        .put("address", address);
    add(
            "users/" + name + ".statement.txt",
            "key-statement",
            Bytes.utf8(KeyStatement.first(user, NOW).text()),
            "first key statement of " + address)
        .put("address", address);
  }

  /** Adds the vectors of the keyring to those that are kept, of which {@code alice} is one. */
  static void addKeyring(Path directory, UserSecretKey alice) throws IOException {
    extend(directory, maker -> maker.writeKeyring(alice));
  }

  /** Adds the vectors of a domain that revoked something to those that are kept. */
  static void addRevocations(Path directory) throws IOException {
    extend(directory, maker -> new RevocationVectors(maker, maker.random).write());
  }

  private interface Addition {
    void writeWith(VectorMaker maker) throws IOException;
  }

  private static void extend(Path directory, Addition addition) throws IOException {
    Path file = directory.resolve("manifest.json");
    VectorMaker maker = new VectorMaker(directory);
    maker.manifest.setAll((ObjectNode) JSON.readTree(Files.readString(file)));
    addition.writeWith(maker);
    Files.writeString(file, JSON.writeValueAsString(maker.manifest) + "\n");
  }

  private void writeKeyring(UserSecretKey user) throws IOException {
    ObjectNode facts = JSON.createObjectNode();
    add(
            "users/alice.keyring.bin",
            "keyring",
            KeyringVectors.keyring(user, random, facts),
            "alice's keyring under the recovery code of these words")
        .setAll(facts);
    facts = JSON.createObjectNode();
    Bytes statement = KeyringVectors.device(user, NOW, random, facts);
    add("users/alice.device.txt", "device-statement", statement, "what certifies alice's laptop")
        .setAll(facts);
    facts = JSON.createObjectNode();
    add(
            "users/alice.parcel.bin",
            "parcel",
            KeyringVectors.parcel(user, statement, random, facts),
            "alice's encryption secret, sealed to her laptop")
        .setAll(facts);
  }

  private void writeAddresses() throws IOException {
    record(alpha, "alice", "kp-address", alpha.mailbox(alice), "a mailbox")
        .put("address", alice.address().toString())
        .put("content", "mailbox");
    record(beta, "bob", "kp-address", beta.mailbox(bob), "a mailbox")
        .put("address", bob.address().toString())
        .put("content", "mailbox");
    Bytes signature = ConsentSignatures.sign(info, CONSENT_SERIAL, bob, NOW);
    String consent =
        beta.signer.sign(
            new ConsentRecord(
                info,
                bob.address(),
                CONSENT_SERIAL,
                signature,
                NOW,
                NOW.plus(Duration.ofHours(24))));
    record(beta, "consent", "kp-consent", consent, "bob's consent to the alias info@alpha.test")
        .put("alias", info.toString())
        .put("target", bob.address().toString());
    record(
            alpha,
            "info",
            "kp-address",
            alpha.address(info, new AddressRecord.Alias(bob.address(), consent), List.of()),
            "an alias into another domain")
        .put("address", info.toString())
        .put("content", "alias")
        .put("target", bob.address().toString());
    Address nobody = Address.parse("nobody@alpha.test");
    record(
            alpha,
            "nobody",
            "kp-address",
            alpha.address(nobody, new AddressRecord.Unknown(), List.of()),
            "an address that does not exist")
        .put("address", nobody.toString())
        .put("content", "unknown");
  }

  private SealedMessage writeMessage() throws IOException {
    MessageId id = MessageId.random(random);
    Bytes content =
        Bytes.utf8(
            """
            From: alice@alpha.test
            To: info@alpha.test
            Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
            Date: Tue, 24 Nov 2026 12:00:00 +0000
            Keypost-Id: %s
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8; hp="cipher"
            Content-Transfer-Encoding: 8bit

            Grüße aus alpha.test
            """
                .formatted(id.base64Url())
                .replace("\n", "\r\n"));
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    SealedMessage sealed =
        new MessageSealer(random)
            .seal(
                content.asInputStream(),
                new SealingRequest(
                    id,
                    alice,
                    List.of(new SealingRequest.Recipient(info, bob.certificate())),
                    NOW,
                    NOW.plus(Duration.ofDays(7))),
                payload);
    SignedEnvelope signed = sealed.envelopes().getFirst();
    add("message/content.eml", "content", content, "what alice wrote")
        .put("message_id", id.base64Url());
    add("message/envelope.bin", "envelope", signed.encoded(), "the envelope to bob")
        .put("message_id", id.base64Url())
        .put("sender", alice.address().toString())
        .put("recipient", bob.address().toString())
        .put("addressed_as", info.toString())
        .put("created", signed.envelope().created().toString())
        .put("expires", signed.envelope().expires().toString());
    add("message/signature.pgp", "envelope-signature", signed.signature(), "alice's signature")
        .put("envelope_digest", signed.envelopeDigest().base64Url());
    Bytes octets = Bytes.copyOf(payload.toByteArray());
    add("message/payload.pgp", "payload", octets, "the content sealed to bob");
    add(
        "message/frame.bin",
        "frame",
        frame(signed, octets),
        "the frame that carries envelope, signature and payload");
    return sealed;
  }

  private void writeReceipt(SignedEnvelope signed) throws IOException {
    String jws =
        beta.receiptSigner.sign(
            new ReceiptRecord(
                signed.envelopeDigest(),
                signed.envelope().messageId().octets(),
                alice.address(),
                bob.address(),
                ReceiptRecord.ReceiptOutcome.DELIVERED,
                null,
                beta.domain,
                NOW));
    record(beta, "receipt-of-delivery", "kp-receipt", jws, "beta.test delivered it to bob")
        .put("envelope_digest", signed.envelopeDigest().base64Url())
        .put("outcome", "delivered");
  }

  private void writeRefused(SignedEnvelope signed) throws IOException {
    Bytes payload = Bytes.copyOf(Files.readAllBytes(directory.resolve("message/payload.pgp")));
    byte[] altered = payload.toByteArray();
    altered[altered.length - 1] ^= 1;
    refused(
        "frame-altered-payload.bin",
        "frame",
        frame(signed, Bytes.copyOf(altered)),
        RefusalCode.DIGEST_MISMATCH);
    Bytes head = new Head(List.of(signed)).encode();
    refused(
        "head-version-2.bin",
        "head",
        Bytes.concat(Bytes.parseHex("0802"), head.slice(2, head.size())),
        RefusalCode.UNSUPPORTED_VERSION);
    Bytes encoded = signed.encoded();
    refused(
        "envelope-doubled-field.bin",
        "envelope",
        Bytes.concat(encoded.slice(0, 18), encoded),
        RefusalCode.MALFORMED_ENVELOPE);
    refused(
        "signature-other-context.pgp",
        "envelope-signature",
        DetachedSignatures.sign(SignatureContext.CONSENT, encoded, alice, NOW),
        RefusalCode.SIGNATURE_INVALID);
    refused("frame-literal-payload.bin", "frame", literal(signed), RefusalCode.PAYLOAD_MALFORMED);
    String pin = alpha.pin().toTxt();
    refused("pin-doubled-tag.txt", "pin", Bytes.utf8(pin + "; gen=8"), RefusalCode.PIN_MALFORMED);
    refused(
        "address-by-other-domain.jws",
        "kp-address",
        Bytes.utf8(
            beta.address(
                alice.address(),
                new AddressRecord.Mailbox(bob.certificate().encode(), beta.domain, "default"),
                List.of())),
        RefusalCode.RECORD_UNTRUSTED);
  }

  /** A frame whose payload is not encrypted, with a good digest and signature. */
  private Bytes literal(SignedEnvelope signed) {
    Bytes payload = Bytes.concat(Bytes.parseHex("cb0e620000000000"), Bytes.utf8("no secret"));
    Envelope e = signed.envelope();
    Envelope envelope =
        new Envelope(
            e.messageId(),
            e.sender(),
            e.senderKey(),
            e.recipient(),
            e.recipientKey(),
            e.addressedAs(),
            e.created(),
            e.expires(),
            Digest.sha256(payload),
            payload.size());
    Bytes signature =
        DetachedSignatures.sign(SignatureContext.ENVELOPE, envelope.encode(), alice, NOW);
    return frame(SignedEnvelope.of(envelope, signature), payload);
  }

  private void refused(String file, String kind, Bytes octets, RefusalCode code)
      throws IOException {
    refused(alpha, file, kind, octets, code).put("address", alice.address().toString());
  }

  ObjectNode refused(VectorDomain of, String file, String kind, Bytes octets, RefusalCode code)
      throws IOException {
    return add("refused/" + file, kind, octets, "refused: " + code.text())
        .put("domain", of.domain.value())
        .put("refused", code.wire());
  }

  private ObjectNode add(String file, String kind, Bytes octets, String about) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, octets.toByteArray());
    return manifest
        .withArray("vectors")
        .addObject()
        .put("file", file)
        .put("kind", kind)
        .put("about", about)
        .put("size", octets.size())
        .put("sha256", Digest.sha256(octets).hex());
  }

  private UserSecretKey user(String address) {
    return UserSecretKey.generate(Address.parse(address), NOW, random);
  }

  private static Bytes frame(SignedEnvelope signed, Bytes payload) {
    return Bytes.concat(Frames.prefix(new Head(List.of(signed))), payload);
  }
}
