package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes envelopes, heads and payload shapes for tests of their encodings; nothing is signed. */
final class Envelopes {
  private static final List<String> LOCALS =
      List.of("alice", "bob+lists", "o'neil", "юлия", "山田", "a".repeat(64));
  private static final List<String> DOMAINS =
      List.of("alpha.test", "beta.test", "bücher.test", "a.very.deep.name.of.a.domain.test");

  private Envelopes() {}

  static Address address(RandomGenerator random) {
    return new Address(
        LOCALS.get(random.nextInt(LOCALS.size())),
        MailDomain.parse(DOMAINS.get(random.nextInt(DOMAINS.size()))));
  }

  static Envelope any(RandomGenerator random) {
    Instant created = Instant.ofEpochMilli(random.nextLong(1, 253_402_300_799_999L));
    return new Envelope(
        MessageId.random(random),
        address(random),
        SeededRandom.bytes(random, 32),
        address(random),
        SeededRandom.bytes(random, 32),
        address(random),
        created,
        Instant.ofEpochMilli(random.nextLong(1, 253_402_300_799_999L)),
        new Digest(SeededRandom.bytes(random, 32)),
        random.nextLong(1, 1L << random.nextInt(1, 41)));
  }

  static SignedEnvelope anySigned(RandomGenerator random) {
    return SignedEnvelope.of(any(random), SeededRandom.bytes(random, random.nextInt(1, 400)));
  }

  /** Envelopes of one message to {@code count} recipients. */
  static Head head(RandomGenerator random, int count) {
    Envelope first = any(random);
    List<SignedEnvelope> signed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Envelope one =
          to(first, Address.parse("r" + i + "@beta.test"), SeededRandom.bytes(random, 32));
      signed.add(SignedEnvelope.of(one, SeededRandom.bytes(random, random.nextInt(1, 400))));
    }
    return new Head(signed);
  }

  static Envelope to(Envelope e, Address recipient, Bytes recipientKey) {
    return new Envelope(
        e.messageId(),
        e.sender(),
        e.senderKey(),
        recipient,
        recipientKey,
        recipient,
        e.created(),
        e.expires(),
        e.payloadDigest(),
        e.payloadSize());
  }

  static Envelope living(Envelope e, Instant created, Instant expires) {
    return new Envelope(
        e.messageId(),
        e.sender(),
        e.senderKey(),
        e.recipient(),
        e.recipientKey(),
        e.addressedAs(),
        created,
        expires,
        e.payloadDigest(),
        e.payloadSize());
  }

  /** A session key packet as the protocol takes it, with {@code key} as fingerprint. */
  static Bytes sessionKey(RandomGenerator random, Bytes key) {
    return Bytes.concat(
        Bytes.parseHex("c16d062106"),
        key,
        Bytes.parseHex("19"),
        SeededRandom.bytes(random, 32),
        Bytes.parseHex("28"),
        SeededRandom.bytes(random, 40));
  }

  /** The body of an encrypted data packet of {@code size} octets. */
  static Bytes dataBody(RandomGenerator random, int size) {
    return Bytes.concat(Bytes.parseHex("02090206"), SeededRandom.bytes(random, size - 4));
  }

  /** An encrypted data packet of one definite length, in the shortest form. */
  static Bytes data(Bytes body) {
    return Bytes.concat(Bytes.parseHex("d2"), length(body.size()), body);
  }

  /** An encrypted data packet in parts of 2^{@code power} octets and a last one with the rest. */
  static Bytes dataInParts(Bytes body, int power) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xd2);
    int at = 0;
    while (body.size() - at > 1 << power) {
      out.write(224 + power);
      out.writeBytes(body.slice(at, at + (1 << power)).toByteArray());
      at += 1 << power;
    }
    Bytes rest = body.slice(at, body.size());
    out.writeBytes(Bytes.concat(length(rest.size()), rest).toByteArray());
    return Bytes.copyOf(out.toByteArray());
  }

  static Bytes length(int size) {
    if (size < 192) {
      return Bytes.copyOf(new byte[] {(byte) size});
    }
    if (size < 8384) {
      int rest = size - 192;
      return Bytes.copyOf(new byte[] {(byte) (192 + (rest >> 8)), (byte) rest});
    }
    return longLength(size);
  }

  static Bytes longLength(int size) {
    return Bytes.copyOf(ByteBuffer.allocate(5).put((byte) 255).putInt(size).array());
  }
}
