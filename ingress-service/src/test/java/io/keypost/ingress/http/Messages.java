package io.keypost.ingress.http;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealedMessage;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.UserSecretKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** A sealed message and its frame. */
public record Messages(Head head, Bytes payload) {

  /** Seals as many random octets. */
  public static Messages seal(
      SecureRandom random, int size, UserSecretKey sender, UserSecretKey... recipients)
      throws IOException {
    byte[] content = new byte[size];
    random.nextBytes(content);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    Instant now = Instant.now();
    List<SealingRequest.Recipient> to =
        Arrays.stream(recipients)
            .map(r -> new SealingRequest.Recipient(r.address(), r.certificate()))
            .toList();
    SealedMessage sealed =
        new MessageSealer(random)
            .seal(
                Bytes.copyOf(content).asInputStream(),
                new SealingRequest(
                    MessageId.random(random), sender, to, now, now.plus(Duration.ofDays(7))),
                payload);
    return new Messages(new Head(sealed.envelopes()), Bytes.copyOf(payload.toByteArray()));
  }

  /** The frame as it is sent. */
  public Bytes frame() {
    return Bytes.concat(Frames.prefix(head), payload);
  }

  /** The same head before other octets of the same size. */
  Messages withPayload(Bytes other) {
    return new Messages(head, other);
  }

  /** One octet is another. */
  Messages altered(int index) {
    byte[] octets = payload.toByteArray();
    octets[index] ^= 1;
    return withPayload(Bytes.copyOf(octets));
  }
}
