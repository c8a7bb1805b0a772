package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** A sealed message in memory. */
record Sealed(List<SignedEnvelope> envelopes, Bytes payload) {
  static final Duration LIFE = Duration.ofDays(7);

  static Sealed by(UserSecretKey sender, Bytes content, UserSecretKey... recipients)
      throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    SealedMessage sealed =
        new MessageSealer(RANDOM)
            .seal(
                content.asInputStream(),
                new SealingRequest(
                    MessageId.random(RANDOM),
                    sender,
                    Arrays.stream(recipients)
                        .map(r -> new SealingRequest.Recipient(r.address(), r.certificate()))
                        .toList(),
                    NOW,
                    NOW.plus(LIFE)),
                payload);
    return new Sealed(sealed.envelopes(), Bytes.copyOf(payload.toByteArray()));
  }

  /** An envelope over whatever payload, signed as it must be. */
  static SignedEnvelope envelope(UserSecretKey sender, UserSecretKey recipient, Bytes payload) {
    return envelope(sender, recipient, recipient.address(), payload);
  }

  /** The same, with {@code written} for the recipient's address. */
  static SignedEnvelope envelope(
      UserSecretKey sender, UserSecretKey recipient, Address written, Bytes payload) {
    Instant created = Instant.ofEpochMilli(NOW.toEpochMilli());
    Envelope envelope =
        new Envelope(
            MessageId.random(RANDOM),
            sender.address(),
            sender.signingFingerprint(),
            written,
            recipient.certificate().currentEncryptionKey(NOW).fingerprint(),
            written,
            created,
            created.plus(LIFE),
            Digest.sha256(payload),
            payload.size());
    return SignedEnvelope.of(
        envelope,
        DetachedSignatures.sign(SignatureContext.ENVELOPE, envelope.encode(), sender, NOW));
  }

  SignedEnvelope envelope() {
    return envelopes.getFirst();
  }
}
