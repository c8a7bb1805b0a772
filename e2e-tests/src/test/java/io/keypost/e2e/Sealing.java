package io.keypost.e2e;

import io.keypost.client.SentMessage;
import io.keypost.client.mime.MessageWrapper;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealedMessage;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.UserCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Seals messages the way an attacker's own client would: with whatever key and name it likes.
 *
 * @param head what goes before the payload
 * @param payload the sealed message
 */
record Sealing(Head head, Bytes payload) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIFE = Duration.ofHours(1);

  /** By {@code sender}, to the mailbox of {@code recipient}. */
  static Sealing of(DeviceKey sender, UserCertificate recipient, String text) {
    Instant now = Instant.now();
    MessageId id = MessageId.random(RANDOM);
    MessageWrapper.Wrapping wrapping =
        new MessageWrapper.Wrapping(
            id, sender.certificate().address(), List.of(recipient.address()), now, text);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    try {
      SealedMessage sealed =
          new MessageSealer(RANDOM)
              .seal(
                  MessageWrapper.wrap(
                      wrapping,
                      Bytes.utf8("Subject: " + text + "\r\n\r\n" + text + "\r\n").asInputStream()),
                  new SealingRequest(
                      id,
                      sender,
                      List.of(new SealingRequest.Recipient(recipient.address(), recipient)),
                      now,
                      now.plus(LIFE)),
                  payload);
      return new Sealing(new Head(sealed.envelopes()), Bytes.copyOf(payload.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one envelope. */
  SignedEnvelope envelope() {
    return head.signed().getFirst();
  }

  /** What its sender can ask for the outcome of. */
  SentMessage sent() {
    Envelope e = envelope().envelope();
    return new SentMessage(
        e.messageId(), e.recipient(), e.addressedAs(), envelope().envelopeDigest());
  }

  /** With an envelope that expires a second later than the one that was signed. */
  Sealing withAlteredEnvelope() {
    Envelope e = envelope().envelope();
    return with(
        like(e, e.sender(), e.senderKey(), e.expires().plusSeconds(1), e.payloadSize()),
        envelope().signature());
  }

  /** With an envelope that says that the payload is of {@code size} octets. */
  Sealing announcing(long size) {
    Envelope e = envelope().envelope();
    return with(like(e, e.sender(), e.senderKey(), e.expires(), size), envelope().signature());
  }

  /** In the name of {@code sender}, with the sender's own subkey named, signed by {@code key}. */
  Sealing signedInstead(Address sender, Bytes senderKey, DeviceKey key) {
    Envelope e = envelope().envelope();
    Envelope named = like(e, sender, senderKey, e.expires(), e.payloadSize());
    return with(
        named,
        DetachedSignatures.sign(SignatureContext.ENVELOPE, named.encode(), key, e.created()));
  }

  /** The envelope but for these. */
  private static Envelope like(
      Envelope e, Address sender, Bytes senderKey, Instant expires, long payloadSize) {
    return new Envelope(
        e.messageId(),
        sender,
        senderKey,
        e.recipient(),
        e.recipientKey(),
        e.addressedAs(),
        e.created(),
        expires,
        e.payloadDigest(),
        payloadSize);
  }

  private Sealing with(Envelope envelope, Bytes signature) {
    return new Sealing(new Head(List.of(SignedEnvelope.of(envelope, signature))), payload);
  }

  /** With one octet of the payload turned over, near its end. */
  Sealing withAlteredPayload() {
    byte[] altered = payload.toByteArray();
    altered[altered.length - 20] ^= 1;
    return new Sealing(head, Bytes.copyOf(altered));
  }

  /** The frame as it goes over the wire. */
  Bytes frame() {
    return Bytes.concat(Frames.prefix(head), payload);
  }
}
