package io.keypost.stack.demo;

import io.keypost.client.KeypostClient;
import io.keypost.client.mime.MessageWrapper;
import io.keypost.client.provider.Submissions;
import io.keypost.client.server.Transfers;
import io.keypost.directory.net.PeerTarget;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealedMessage;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.stack.LocalStack;
import io.keypost.stack.Provider;
import io.keypost.stack.ServiceName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Messages that are not what they seem, handed in as an attacker would: by a real server, or with a
 * real user's token.
 */
final class Forgeries {

  private static final Duration LIFE = Duration.ofHours(1);
  private static final Bytes LETTER =
      Bytes.utf8("Subject: Pay at once\r\n\r\nTo the new account, please.\r\n");

  private final LocalStack stack;
  private final KeypostClient sender;
  private final UserCertificate recipient;
  private final InstantSource clock;
  private final SecureRandom random;

  Forgeries(
      LocalStack stack,
      KeypostClient sender,
      UserCertificate recipient,
      InstantSource clock,
      SecureRandom random) {
    this.stack = stack;
    this.sender = sender;
    this.recipient = recipient;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A forgery and what the server that it was posted to said at once.
   *
   * @param envelopeDigest under which an outcome would stand
   */
  record Posted(Digest envelopeDigest, Status status) {}

  /**
   * A true message with one bit of its payload changed, posted by the sender's own provider's
   * server.
   */
  Posted withAlteredPayload(Provider from, Provider to) throws IOException {
    var payload = new ByteArrayOutputStream();
    var signed = seal(sender.deviceKey(), payload);
    var octets = payload.toByteArray();
    octets[octets.length - 1] ^= 1;
    return transfer(from, to, signed, Bytes.copyOf(octets));
  }

  /** A true message whose envelope was changed after it was signed, posted likewise. */
  Posted withAlteredEnvelope(Provider from, Provider to) throws IOException {
    var payload = new ByteArrayOutputStream();
    var signed = seal(sender.deviceKey(), payload);
    var altered = SignedEnvelope.of(expiringLater(signed.envelope()), signed.signature());
    return transfer(from, to, altered, Bytes.copyOf(payload.toByteArray()));
  }

  private static Envelope expiringLater(Envelope envelope) {
    return new Envelope(
        envelope.messageId(),
        envelope.sender(),
        envelope.senderKey(),
        envelope.recipient(),
        envelope.recipientKey(),
        envelope.addressedAs(),
        envelope.created(),
        envelope.expires().plus(LIFE),
        envelope.payloadDigest(),
        envelope.payloadSize());
  }

  /**
   * A message in the sender's name and with the sender's token, but signed by a key that is none of
   * the sender's.
   */
  Posted withAnotherKey(Path directory) throws IOException {
    var stranger = UserSecretKey.generate(sender.address(), clock.instant(), random);
    var payload = new ByteArrayOutputStream();
    var signed = seal(stranger, payload);
    var file = Files.write(directory.resolve("forged-payload"), payload.toByteArray());
    var status =
        new Submissions(sender.provider()).post(new Head(List.of(signed)), file).getFirst();
    return new Posted(signed.envelopeDigest(), status);
  }

  private SignedEnvelope seal(DeviceKey key, ByteArrayOutputStream payload) throws IOException {
    var now = clock.instant();
    var id = MessageId.random(random);
    Address to = recipient.address();
    var wrapping =
        new MessageWrapper.Wrapping(id, sender.address(), List.of(to), now, "Pay at once");
    var request =
        new SealingRequest(
            id, key, List.of(new SealingRequest.Recipient(to, recipient)), now, now.plus(LIFE));
    SealedMessage sealed =
        new MessageSealer(random)
            .seal(MessageWrapper.wrap(wrapping, LETTER.asInputStream()), request, payload);
    return sealed.envelopes().getFirst();
  }

  private Posted transfer(Provider from, Provider to, SignedEnvelope signed, Bytes payload) {
    var ingress = to.ingressUri();
    var peer = new PeerTarget(MailDomain.parse(ingress.getHost()), ingress.getPort());
    var frames = Bytes.concat(Frames.prefix(new Head(List.of(signed))), payload);
    try (var transfers =
        new Transfers(
            stack.clientSettings(), from.identityDirectory(ServiceName.DELIVERY), clock)) {
      var answer = transfers.post(MailDomain.parse(to.operator()), peer, frames);
      if (answer.stopped() != null) {
        return new Posted(signed.envelopeDigest(), new Status.Refused(answer.stopped()));
      }
      return new Posted(signed.envelopeDigest(), answer.statuses().getFirst());
    }
  }
}
