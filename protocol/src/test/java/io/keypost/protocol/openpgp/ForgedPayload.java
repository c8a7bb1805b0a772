package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;

import io.keypost.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.openpgp.PGPCompressedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

/** Payloads as an attacker would make them who has the library and whatever keys. */
final class ForgedPayload {
  private ForgedPayload() {}

  /** What is inside a payload. */
  static Bytes plaintextOf(Bytes payload, UserSecretKey reader) throws IOException, PGPException {
    PGPEncryptedDataList list =
        new PGPEncryptedDataList(new BCPGInputStream(payload.asInputStream()));
    PGPPublicKeyEncryptedData first = (PGPPublicKeyEncryptedData) list.get(0);
    Bytes fingerprint = Bytes.copyOf(first.getKeyIdentifier().getFingerprint());
    return Bytes.copyOf(
        first
            .getDataStream(
                new BcPublicKeyDataDecryptorFactory(
                    reader.decryptionKey(fingerprint).orElseThrow().getPrivateKey()))
            .readAllBytes());
  }

  static Bytes encrypt(UserCertificate recipient, Bytes plaintext)
      throws IOException, PGPException {
    return encrypt(recipient, plaintext, Profile.SYMMETRIC_ALGORITHM);
  }

  static Bytes encrypt(UserCertificate recipient, Bytes plaintext, int cipher)
      throws IOException, PGPException {
    BcPGPDataEncryptorBuilder builder = new BcPGPDataEncryptorBuilder(cipher);
    builder.setWithAEAD(Profile.AEAD_ALGORITHM, 10).setUseV6AEAD();
    return encrypt(recipient, plaintext, builder);
  }

  /** SEIPD version 1, with the session key as version 6 keys have it there. */
  static Bytes version1(UserCertificate recipient, Bytes plaintext)
      throws IOException, PGPException {
    return encrypt(
        recipient,
        plaintext,
        new BcPGPDataEncryptorBuilder(Profile.SYMMETRIC_ALGORITHM).setWithIntegrityPacket(true));
  }

  private static Bytes encrypt(
      UserCertificate recipient, Bytes plaintext, BcPGPDataEncryptorBuilder builder)
      throws IOException, PGPException {
    PGPEncryptedDataGenerator generator =
        new PGPEncryptedDataGenerator(builder.setSecureRandom(RANDOM));
    generator.addMethod(
        new BcPublicKeyKeyEncryptionMethodGenerator(recipient.currentEncryptionKey(NOW).key()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream encrypted = generator.open(out, new byte[1 << 16])) {
      plaintext.writeTo(encrypted);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  static Bytes literal(Bytes content) {
    return new Packets.Packet(
            Packets.TAG_LITERAL_DATA, Bytes.concat(Bytes.parseHex("620000000000"), content))
        .encoded();
  }

  /** One-pass signature, literal data, signature; no padding. */
  static Bytes signed(Bytes content, UserSecretKey signer, UserSecretKey... recipients)
      throws PGPException {
    PGPSignatureGenerator generator =
        signer
            .signer(NOW)
            .inner(Arrays.stream(recipients).map(r -> r.certificate().primaryKey()).toList());
    Bytes onePass = Signer.encoded(generator.generateOnePassVersion(false));
    generator.update(content.toByteArray());
    return Bytes.concat(onePass, literal(content), Signer.encoded(generator.generate()));
  }

  static Bytes compressed(Bytes packets, int algorithm) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PGPCompressedDataGenerator generator = new PGPCompressedDataGenerator(algorithm);
    try (OutputStream compressed = generator.open(out)) {
      packets.writeTo(compressed);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  static int lastPacketSize(Bytes packets) {
    try {
      List<Packets.Packet> all = Packets.readAll(packets, 10);
      return all.getLast().encoded().size();
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }

  static int indexOf(Bytes octets, String text) {
    return new String(octets.toByteArray(), StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
