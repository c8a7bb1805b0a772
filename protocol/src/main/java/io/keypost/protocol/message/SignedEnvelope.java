package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;

/**
 * An envelope exactly as carried, with the signature over it. Holding one says that the envelope is
 * well formed; it does not say that the signature is good.
 *
 * @param encoded the octets that were signed, at most {@value Envelope#MAX_ENCODED_OCTETS}
 * @param signature one detached OpenPGP signature packet, at most {@value #MAX_SIGNATURE_OCTETS}
 *     octets (KP-ENV-5)
 * @param envelope what {@code encoded} says
 */
public record SignedEnvelope(Bytes encoded, Bytes signature, Envelope envelope) {
  /** Largest signature packet; an Ed25519 one has about 200 octets. */
  public static final int MAX_SIGNATURE_OCTETS = 1024;

  private static final Bytes DIGEST_CONTEXT = Bytes.utf8("keypost/1/envelope-digest\0");

  /** Checks that the parts belong together, and the signature's size. */
  public SignedEnvelope {
    if (signature.isEmpty() || signature.size() > MAX_SIGNATURE_OCTETS) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_ENVELOPE, "signature: 1 to " + MAX_SIGNATURE_OCTETS + " octets");
    }
    if (!envelope.encode().equals(encoded)) {
      throw RefusedException.of(RefusalCode.MALFORMED_ENVELOPE, "not the envelope as encoded");
    }
  }

  /** Joins an envelope that was just signed with its signature. */
  public static SignedEnvelope of(Envelope envelope, Bytes signature) {
    return new SignedEnvelope(envelope.encode(), signature, envelope);
  }

  /**
   * Reads an envelope as carried.
   *
   * @throws RefusedException {@code malformed_envelope} when it is not strictly encoded, or a field
   *     breaks its bounds
   */
  public static SignedEnvelope decode(Bytes encoded, Bytes signature) {
    return new SignedEnvelope(encoded, signature, Envelope.decode(encoded));
  }

  /**
   * What names this envelope in receipts and in the outcome table (KP-OUT-2): SHA-256 of
   *
   * <pre>
   * +--------------------------------+-----------------+----------+-----------+
   * | "keypost/1/envelope-digest" 00 | size, uint32 be | envelope | signature |
   * +--------------------------------+-----------------+----------+-----------+
   *   26 octets                        4 octets          size       the rest
   * </pre>
   */
  public Digest envelopeDigest() {
    ByteBuffer size = ByteBuffer.allocate(Integer.BYTES).putInt(encoded.size()).flip();
    return Digest.sha256(DIGEST_CONTEXT, Bytes.copyOf(size), encoded, signature);
  }
}
