package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPOnePassSignature;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts a payload and checks what is in it while its content goes into a spool, which nobody may
 * look at before this has come to its end.
 */
final class PayloadReader {
  private static final int BUFFER_OCTETS = 1 << 16;

  /** A signature with an intended recipient for each of 100 envelopes takes less than 4 KiB. */
  private static final int MAX_SIGNATURE_OCTETS = 16 * 1024;

  private static final int MAX_LITERAL_NAME_OCTETS = 255;

  private final PGPKeyPair secret;
  private final Bytes secretFingerprint;
  private final Subkey.Signing signer;
  private final Bytes reader;

  /**
   * @param secret the encryption subkey's
   * @param signer the subkey that must have signed
   * @param reader fingerprint of the certificate that must be an intended recipient
   */
  PayloadReader(PGPKeyPair secret, Subkey.Signing signer, Bytes reader) {
    this.secret = secret;
    this.secretFingerprint = SecretKeys.fingerprint(secret);
    this.signer = signer;
    this.reader = reader;
  }

  /**
   * Reads all of {@code payload}.
   *
   * @param judgedAt as in {@link DetachedSignatures#verify}
   * @throws RefusedException {@code decryption_failed}, {@code message_malformed}, {@code
   *     inner_signature_invalid}, {@code intended_recipient_missing}, {@code sender_key_revoked} or
   *     {@code sender_key_expired}
   * @throws IOException when the spool does not take the content
   */
  SignatureVerdict read(InputStream payload, OutputStream spool, Instant judgedAt)
      throws IOException {
    PacketStream packets = new PacketStream(new Decrypted(decrypt(payload)));
    try {
      OnePass onePass = OnePass.read(take(packets, Packets.TAG_ONE_PASS_SIGNATURE));
      PGPOnePassSignature verifier = start(onePass);
      copyLiteral(take(packets, Packets.TAG_LITERAL_DATA), verifier, spool);
      SignatureBody signature = readSignature(take(packets, Packets.TAG_SIGNATURE));
      skipPadding(packets);
      return verify(onePass, verifier, signature, judgedAt);
    } catch (MalformedPacketException e) {
      throw RefusedException.of(RefusalCode.MESSAGE_MALFORMED, e.detail(), e);
    }
  }

  private InputStream decrypt(InputStream payload) {
    try {
      for (PGPEncryptedData part : new PGPEncryptedDataList(new BCPGInputStream(payload))) {
        if (part instanceof PGPPublicKeyEncryptedData forKey
            && forKey.getVersion() == Profile.VERSION
            && secretFingerprint.equals(Bytes.copyOf(forKey.getKeyIdentifier().getFingerprint()))) {
          return forKey.getDataStream(new BcPublicKeyDataDecryptorFactory(secret.getPrivateKey()));
        }
      }
    } catch (PGPException | IOException | RuntimeException e) {
      throw failed(e);
    }
    throw RefusedException.of(
        RefusalCode.DECRYPTION_FAILED, "the payload is not encrypted to this key");
  }

  private static RefusedException failed(Exception cause) {
    return cause instanceof RefusedException refused
        ? refused
        : RefusedException.of(
            RefusalCode.DECRYPTION_FAILED, "the payload was altered or is for another key", cause);
  }

  private static PacketStream.Body take(PacketStream packets, int tag)
      throws IOException, MalformedPacketException {
    PacketStream.Body body = packets.next();
    if (body == null || body.tag() != tag) {
      if (body != null && body.tag() == Packets.TAG_LITERAL_DATA) {
        throw invalid("what was encrypted is not signed", null);
      }
      throw new MalformedPacketException("no packet of type " + tag + " where one must be");
    }
    return body;
  }

  private PGPOnePassSignature start(OnePass onePass) throws IOException {
    if (!onePass.issuer().equals(signer.fingerprint())) {
      throw invalid(
          "signed by " + onePass.issuer().hex() + " instead of the envelope's sender_key", null);
    }
    try {
      PGPOnePassSignature verifier =
          new PGPOnePassSignature(new BCPGInputStream(onePass.packet().encoded().asInputStream()));
      verifier.init(new BcPGPContentVerifierBuilderProvider(), signer.key());
      return verifier;
    } catch (PGPException | RuntimeException e) {
      throw invalid("not a one-pass signature", e);
    }
  }

  private static void copyLiteral(
      PacketStream.Body literal, PGPOnePassSignature verifier, OutputStream spool)
      throws IOException, MalformedPacketException {
    byte[] formatAndNameLength = new byte[2];
    literal.readFully(formatAndNameLength);
    if (formatAndNameLength[0] != 'b') {
      throw new MalformedPacketException("literal data that is not binary");
    }
    // Name and time are not signed: nothing believes them.
    literal.readFully(new byte[(formatAndNameLength[1] & MAX_LITERAL_NAME_OCTETS) + 4]);
    byte[] buffer = new byte[BUFFER_OCTETS];
    for (int n = literal.read(buffer, 0, buffer.length);
        n >= 0;
        n = literal.read(buffer, 0, buffer.length)) {
      verifier.update(buffer, 0, n);
      spool.write(buffer, 0, n);
    }
  }

  private static SignatureBody readSignature(PacketStream.Body packet)
      throws IOException, MalformedPacketException {
    Bytes body = Bytes.copyOf(packet.readAll(MAX_SIGNATURE_OCTETS));
    try {
      return SignatureBody.read(
          new Packets.Packet(Packets.TAG_SIGNATURE, body), Profile.INNER_SUBPACKETS);
    } catch (MalformedPacketException e) {
      throw invalid(e.detail(), e);
    }
  }

  private static void skipPadding(PacketStream packets)
      throws IOException, MalformedPacketException {
    PacketStream.Body padding = packets.next();
    if (padding != null) {
      if (padding.tag() != Packets.TAG_PADDING) {
        throw new MalformedPacketException(
            "a packet of type " + padding.tag() + " after the signature");
      }
      byte[] buffer = new byte[BUFFER_OCTETS];
      while (padding.read(buffer, 0, buffer.length) >= 0) {
        // Ignored as RFC 9580 section 5.14 says; that it was read lets the last tag be checked.
      }
      if (packets.next() != null) {
        throw new MalformedPacketException("packets after the padding");
      }
    }
  }

  private SignatureVerdict verify(
      OnePass onePass, PGPOnePassSignature verifier, SignatureBody signature, Instant judgedAt)
      throws IOException {
    if (signature.type() != PGPSignature.BINARY_DOCUMENT
        || signature.hashAlgorithm() != onePass.hashAlgorithm()
        || !signature.salt().equals(onePass.salt())
        || !signature.issuer().equals(onePass.issuer())) {
      throw invalid("the signature is not the one that was announced", null);
    }
    try {
      if (!verifier.verify(signature.forVerification())) {
        throw invalid("the signature is not over this message by this key", null);
      }
    } catch (PGPException | RuntimeException e) {
      throw e instanceof RefusedException refused ? refused : invalid("not a signature", e);
    }
    if (!signature.intendedRecipients().contains(reader)) {
      throw RefusedException.of(
          RefusalCode.INTENDED_RECIPIENT_MISSING,
          "the sender signed it for somebody else, not for " + reader.hex());
    }
    DetachedSignatures.requireGood(signer.life(), signature.created(), judgedAt);
    return new SignatureVerdict(signer.fingerprint(), signature.created());
  }

  private static RefusedException invalid(String detail, @Nullable Throwable cause) {
    return new RefusedException(Refusal.of(RefusalCode.INNER_SIGNATURE_INVALID, detail), cause);
  }

  /** A version 6 one-pass signature packet (RFC 9580 section 5.4). */
  private record OnePass(int hashAlgorithm, Bytes salt, Bytes issuer, Packets.Packet packet) {
    private static final int MAX_OCTETS = 128;

    static OnePass read(PacketStream.Body packet) throws IOException, MalformedPacketException {
      Bytes body = Bytes.copyOf(packet.readAll(MAX_OCTETS));
      Packets.Cursor cursor = new Packets.Cursor(body);
      if (cursor.octet() != Profile.VERSION || cursor.octet() != PGPSignature.BINARY_DOCUMENT) {
        throw invalid("not a version 6 one-pass signature over a binary document", null);
      }
      int hashAlgorithm = cursor.octet();
      int saltOctets = Profile.saltOctets(hashAlgorithm);
      if (saltOctets < 0
          || cursor.octet() != Profile.SIGNING_ALGORITHM
          || cursor.octet() != saltOctets) {
        throw invalid("a one-pass signature with other algorithms than the profile's", null);
      }
      Bytes salt = cursor.take(saltOctets);
      Bytes issuer = cursor.take(Profile.FINGERPRINT_OCTETS);
      if (cursor.octet() != 1 || !cursor.atEnd()) {
        throw invalid("more than one signature inside", null);
      }
      return new OnePass(
          hashAlgorithm, salt, issuer, new Packets.Packet(Packets.TAG_ONE_PASS_SIGNATURE, body));
    }
  }

  /**
   * The library's plaintext, of which it lets nothing pass whose tag it has not checked; any
   * failure is one refusal.
   */
  private static final class Decrypted extends InputStream {
    private final InputStream in;

    Decrypted(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() {
      try {
        return in.read();
      } catch (IOException | RuntimeException e) {
        throw failed(e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException | RuntimeException e) {
        throw failed(e);
      }
    }
  }
}
