package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.bcpg.BCPGOutputStream;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPOnePassSignature;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;

/**
 * Makes signatures as the profile has them, all at one moment with one key.
 *
 * @param key an Ed25519 key pair
 * @param now whole seconds are kept
 */
record Signer(PGPKeyPair key, Instant now) {
  /** Adds what a kind of signature says beyond its time and issuer. */
  @FunctionalInterface
  interface Contents {
    void addTo(PGPSignatureSubpacketGenerator subpackets) throws IOException;
  }

  /** Signs context || data. */
  Bytes detached(SignatureContext context, Bytes data) {
    try {
      PGPSignatureGenerator generator = start(PGPSignature.BINARY_DOCUMENT, subpackets -> {});
      generator.update(context.prefix().toByteArray());
      generator.update(data.toByteArray());
      return encoded(generator.generate());
    } catch (PGPException e) {
      throw new IllegalStateException("an Ed25519 key that was made or read here signs", e);
    }
  }

  /**
   * Begins the signature inside an encrypted message, meant for the holders of {@code recipients}.
   */
  PGPSignatureGenerator inner(List<PGPPublicKey> recipients) throws PGPException {
    return start(
        PGPSignature.BINARY_DOCUMENT,
        subpackets ->
            // Not critical: OpenPGP.js 6.3 knows no such subpacket and would refuse the whole
            // signature. Every
            // reader of this protocol requires it (KP-RDR-4), so nothing hangs on the bit.
            recipients.forEach(
                recipient -> subpackets.addIntendedRecipientFingerprint(false, recipient)));
  }

  /** Begins a signature of any type. */
  PGPSignatureGenerator start(int type, Contents contents) throws PGPException {
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new BcPGPContentSignerBuilder(Profile.SIGNING_ALGORITHM, Profile.HASH_ALGORITHM),
            key.getPublicKey());
    generator.init(type, key.getPrivateKey());
    PGPSignatureSubpacketGenerator subpackets = new PGPSignatureSubpacketGenerator();
    subpackets.setSignatureCreationTime(true, Date.from(now));
    subpackets.setIssuerFingerprint(true, key.getPublicKey());
    try {
      contents.addTo(subpackets);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    generator.setHashedSubpackets(subpackets.generate());
    generator.setUnhashedSubpackets(new PGPSignatureSubpacketGenerator().generate());
    return generator;
  }

  /** A signature packet in the OpenPGP header format. */
  static Bytes encoded(PGPSignature signature) {
    return encoded(signature::encode);
  }

  /** A one-pass signature packet in the OpenPGP header format. */
  static Bytes encoded(PGPOnePassSignature signature) {
    return encoded(signature::encode);
  }

  @FunctionalInterface
  private interface Encodable {
    void encode(OutputStream out) throws IOException;
  }

  private static Bytes encoded(Encodable packet) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BCPGOutputStream packets = new BCPGOutputStream(out, PacketFormat.CURRENT)) {
      packet.encode(packets);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Bytes.copyOf(out.toByteArray());
  }
}
