package io.keypost.protocol.openpgp;

import io.keypost.protocol.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

/**
 * Writes a payload in one pass:
 *
 * <pre>
 *  PKESK v6 for each recipient | SEIPD v2 (AES-256, OCB) { one-pass signature | literal data | signature | padding }
 * </pre>
 */
final class PayloadWriter {
  /** Octets in one part of a partial-length packet; what is held in memory. */
  private static final int PART_OCTETS = 1 << 16;

  /** AEAD chunks of 2^(10 + 6) octets: what a reader must decrypt before it can check a tag. */
  private static final int CHUNK_SIZE_OCTET = 10;

  private final SecureRandom random;

  PayloadWriter(SecureRandom random) {
    this.random = random;
  }

  /** Digest and size of what was written. */
  record Written(Digest sha256, long size) {}

  Written write(
      InputStream content, Signer signer, List<UserCertificate> recipients, OutputStream payload)
      throws IOException {
    Counting outer = new Counting(payload);
    try (OutputStream encrypted =
        encryption(signer, recipients).open(outer, new byte[PART_OCTETS])) {
      Counting plain = new Counting(encrypted);
      writeSigned(
          content, signer, recipients.stream().map(UserCertificate::primaryKey).toList(), plain);
      writePadding(plain);
    } catch (PGPException e) {
      throw new IllegalStateException("fixed algorithms and checked keys encrypt and sign", e);
    }
    payload.flush();
    return new Written(outer.digest.finish(), outer.digest.size());
  }

  private PGPEncryptedDataGenerator encryption(Signer signer, List<UserCertificate> recipients) {
    BcPGPDataEncryptorBuilder cipher = new BcPGPDataEncryptorBuilder(Profile.SYMMETRIC_ALGORITHM);
    cipher.setWithAEAD(Profile.AEAD_ALGORITHM, CHUNK_SIZE_OCTET).setUseV6AEAD();
    cipher.setSecureRandom(random);
    PGPEncryptedDataGenerator generator = new PGPEncryptedDataGenerator(cipher);
    for (UserCertificate recipient : recipients) {
      generator.addMethod(
          new BcPublicKeyKeyEncryptionMethodGenerator(
                  recipient.currentEncryptionKey(signer.now()).key())
              .setSecureRandom(random));
    }
    return generator;
  }

  private static void writeSigned(
      InputStream content, Signer signer, List<PGPPublicKey> recipients, OutputStream plain)
      throws IOException, PGPException {
    PGPSignatureGenerator signature = signer.inner(recipients);
    Signer.encoded(signature.generateOnePassVersion(false)).writeTo(plain);
    PGPLiteralDataGenerator literal = new PGPLiteralDataGenerator();
    // No name and no time: they would stand outside the signature.
    try (OutputStream data =
        literal.open(
            plain, PGPLiteralData.BINARY, "", Date.from(Instant.EPOCH), new byte[PART_OCTETS])) {
      byte[] buffer = new byte[PART_OCTETS];
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        signature.update(buffer, 0, n);
        data.write(buffer, 0, n);
      }
    }
    Signer.encoded(signature.generate()).writeTo(plain);
  }

  private void writePadding(Counting plain) throws IOException {
    long body = Padme.paddingFor(plain.digest.size());
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(Packets.HEADER_FORMAT_BITS | Packets.TAG_PADDING);
    Packets.writeLength(header, Math.toIntExact(body));
    header.writeTo(plain);
    byte[] buffer = new byte[PART_OCTETS];
    for (long left = body; left > 0; left -= Math.min(left, buffer.length)) {
      random.nextBytes(buffer);
      plain.write(buffer, 0, (int) Math.min(left, buffer.length));
    }
  }

  /**
   * Counts and digests what passes. Closing it leaves what is under it open: the caller owns that.
   */
  private static final class Counting extends OutputStream {
    private final OutputStream out;
    private final Digest.Accumulator digest = Digest.accumulator();

    Counting(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      digest.update(octets, offset, length);
      out.write(octets, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
