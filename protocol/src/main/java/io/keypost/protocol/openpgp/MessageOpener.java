package io.keypost.protocol.openpgp;

import io.keypost.protocol.Digest;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.EnvelopeLife;
import io.keypost.protocol.message.PayloadInspector;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Set;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.jspecify.annotations.Nullable;

/**
 * Opens a sealed message for one of its readers. Nothing of the content is handed over before all
 * of it was decrypted, its tags, both signatures, both identities, the intended recipient, digest,
 * size and times were checked (T01, T03 to T06).
 */
public final class MessageOpener {
  private static final int DRAIN_BUFFER_OCTETS = 1 << 16;

  private final DeviceKey reader;

  /**
   * @param reader who opens
   */
  public MessageOpener(DeviceKey reader) {
    this.reader = reader;
  }

  /**
   * Opens a message. A sender's key that was retired or replaced after it signed still counts as
   * good; one that was revoked as compromised never does.
   *
   * @param payload read to its end, not closed
   * @param sender the certificate that the sender's domain publishes for the envelope's sender
   * @param spool takes the content and hands it over, or is told to discard it
   * @throws RefusedException says what was not as it must be; the spool was discarded
   * @throws IOException when {@code payload} or the spool fails; the spool was discarded
   */
  public <T> OpenedMessage<T> open(
      InputStream payload,
      SignedEnvelope signed,
      UserCertificate sender,
      Instant now,
      Spool<T> spool)
      throws IOException {
    Envelope envelope = signed.envelope();
    try {
      SignatureVerdict outer = verifyEnvelope(signed, sender, now);
      PGPKeyPair secret = secretFor(envelope);
      Subkey.Signing signer = DetachedSignatures.signingSubkey(sender, envelope.senderKey());
      PayloadReader payloadReader =
          new PayloadReader(secret, signer, reader.certificate().fingerprint());
      SignatureVerdict inner = read(payload, envelope, payloadReader, spool);
      return new OpenedMessage<>(envelope, outer, inner, spool.release());
    } catch (RefusedException | IOException e) {
      discard(spool, e);
      throw e;
    } catch (RuntimeException e) {
      RefusedException refused =
          RefusedException.of(
              RefusalCode.MESSAGE_MALFORMED, "not a message as the protocol has it", e);
      discard(spool, refused);
      throw refused;
    }
  }

  private SignatureVerdict verifyEnvelope(
      SignedEnvelope signed, UserCertificate sender, Instant now) {
    Envelope envelope = signed.envelope();
    if (!envelope.recipient().equals(reader.address())
        && !envelope.recipient().withoutTag().equals(reader.address())) {
      throw mismatch("the envelope is for " + envelope.recipient());
    }
    if (!sender.address().equals(envelope.sender())) {
      throw mismatch(
          "the certificate is of " + sender.address() + ", the envelope of " + envelope.sender());
    }
    EnvelopeLife.check(envelope, now);
    return DetachedSignatures.verify(
        SignatureContext.ENVELOPE,
        signed.encoded(),
        signed.signature(),
        sender,
        envelope.senderKey(),
        envelope.created());
  }

  private PGPKeyPair secretFor(Envelope envelope) {
    return reader
        .decryptionKey(envelope.recipientKey())
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.DECRYPTION_FAILED,
                    "no secret here for encryption subkey " + envelope.recipientKey().hex()));
  }

  private static SignatureVerdict read(
      InputStream payload, Envelope envelope, PayloadReader reader, Spool<?> spool)
      throws IOException {
    Inspected inspected = new Inspected(payload, envelope);
    try (var sink = spool.sink()) {
      SignatureVerdict inner = reader.read(inspected, sink, envelope.created());
      inspected.requireWhole();
      return inner;
    } catch (RefusedException e) {
      inspected.explain(e);
      throw e;
    }
  }

  private static void discard(Spool<?> spool, Exception why) {
    try {
      spool.discard();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private static RefusedException mismatch(String detail) {
    return RefusedException.of(RefusalCode.IDENTITY_MISMATCH, detail);
  }

  /**
   * The payload as it streams by: its structure is checked before the library sees it, its digest
   * and size on the way.
   */
  private static final class Inspected extends InputStream {
    private final InputStream in;
    private final Envelope envelope;
    private final PayloadInspector inspector;
    private final Digest.Accumulator digest = Digest.accumulator();
    private @Nullable IOException failure;

    Inspected(InputStream in, Envelope envelope) {
      this.in = in;
      this.envelope = envelope;
      this.inspector = new PayloadInspector(Set.of(envelope.recipientKey()));
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = readSource(buffer, offset, length);
      if (n > 0) {
        inspector.inspect(ByteBuffer.wrap(buffer, offset, n));
      }
      return n;
    }

    private int readSource(byte[] buffer, int offset, int length) throws IOException {
      try {
        int n = in.read(buffer, offset, length);
        if (n > 0) {
          digest.update(buffer, offset, n);
        }
        if (digest.size() > envelope.payloadSize()) {
          throw RefusedException.of(
              RefusalCode.SIZE_MISMATCH,
              "the payload has more than " + envelope.payloadSize() + " octets");
        }
        return n;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    void requireWhole() throws IOException {
      while (read(new byte[DRAIN_BUFFER_OCTETS], 0, DRAIN_BUFFER_OCTETS) >= 0) {
        // The inspector refuses octets after the encrypted data.
      }
      inspector.finish();
      requireDigest();
    }

    /**
     * Says what is behind a refusal: a source that failed, or a payload that is not the one that
     * was signed.
     */
    void explain(RefusedException refused) throws IOException {
      if (failure != null) {
        failure.addSuppressed(refused);
        throw failure;
      }
      if (refused.code() == RefusalCode.SIZE_MISMATCH
          || refused.code() == RefusalCode.DIGEST_MISMATCH) {
        return;
      }
      while (readSource(new byte[DRAIN_BUFFER_OCTETS], 0, DRAIN_BUFFER_OCTETS) >= 0) {
        // Only the digest counts now.
      }
      requireDigest();
    }

    private void requireDigest() {
      if (digest.size() != envelope.payloadSize()) {
        throw RefusedException.of(
            RefusalCode.SIZE_MISMATCH,
            "the payload has " + digest.size() + " octets, not " + envelope.payloadSize());
      }
      if (!digest.finish().equals(envelope.payloadDigest())) {
        throw RefusedException.of(
            RefusalCode.DIGEST_MISMATCH, "the payload is not the one that was signed");
      }
    }
  }
}
