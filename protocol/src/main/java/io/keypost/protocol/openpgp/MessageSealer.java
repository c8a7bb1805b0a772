package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.List;

/**
 * Seals a message: signs it under the encryption for the recipients who are meant, encrypts it to
 * the current subkey of each, and signs an envelope over the ciphertext for each. Streams; holds at
 * most 256 KiB, whatever the size of the message.
 */
public final class MessageSealer {
  private final SecureRandom random;

  /**
   * @param random for session keys and padding
   */
  public MessageSealer(SecureRandom random) {
    this.random = random;
  }

  /**
   * Seals all of {@code content}.
   *
   * @param content the RFC 5322 message; read to its end, not closed
   * @param payload takes the payload; flushed, not closed
   * @throws RefusedException {@code recipient_key_unusable} when a recipient has no current
   *     encryption subkey
   * @throws IOException when a stream fails
   */
  public SealedMessage seal(InputStream content, SealingRequest request, OutputStream payload)
      throws IOException {
    List<UserCertificate> certificates =
        request.recipients().stream()
            .map(SealingRequest.Recipient::certificate)
            .distinct()
            .toList();
    PayloadWriter.Written written =
        new PayloadWriter(random)
            .write(content, request.sender().signer(request.created()), certificates, payload);
    List<SignedEnvelope> envelopes =
        request.recipients().stream().map(recipient -> sign(request, recipient, written)).toList();
    return new SealedMessage(envelopes, written.sha256(), written.size());
  }

  private static SignedEnvelope sign(
      SealingRequest request, SealingRequest.Recipient recipient, PayloadWriter.Written written) {
    Envelope envelope =
        new Envelope(
            request.messageId(),
            request.sender().address(),
            request.sender().signingFingerprint(),
            recipient.certificate().address(),
            recipient.certificate().currentEncryptionKey(request.created()).fingerprint(),
            recipient.addressedAs(),
            request.created(),
            request.expires(),
            written.sha256(),
            written.size());
    Bytes signature =
        DetachedSignatures.sign(
            SignatureContext.ENVELOPE, envelope.encode(), request.sender(), request.created());
    return SignedEnvelope.of(envelope, signature);
  }
}
