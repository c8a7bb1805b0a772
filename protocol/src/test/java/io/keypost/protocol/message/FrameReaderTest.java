package io.keypost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  /** A frame as sent, and as a reader must report it. */
  private record Frame(Head head, Bytes payload) {
    Bytes encoded() {
      return Bytes.concat(Frames.prefix(head), payload);
    }
  }

  /** What a reader reported of one frame. */
  private record Read(Head head, Bytes payload, Optional<RefusalCode> refused) {}

  private final RandomGenerator random = SeededRandom.generator(3);

  @Test
  void readsFramesInPiecesOfAnySizeByKpFrm1() {
    SeededRandom.forSeeds(
        200,
        seeded -> {
          List<Frame> frames = new ArrayList<>();
          Bytes stream = Bytes.empty();
          for (int i = 0; i < 3; i++) {
            Frame frame = frame(seeded);
            frames.add(frame);
            stream = Bytes.concat(stream, frame.encoded());
          }
          int largest = seeded.nextInt(1, 3000);
          assertThat(read(stream, seeded, largest))
              .isEqualTo(
                  frames.stream()
                      .map(f -> new Read(f.head(), f.payload(), Optional.empty()))
                      .toList());
        });
  }

  @Test
  void refusesAPayloadThatWasAlteredAndReadsTheNextFrameByKpPay7AndT03() {
    Frame altered = frame(random);
    Frame next = frame(random);
    byte[] octets = altered.payload().toByteArray();
    octets[octets.length - 1] ^= 1;
    List<Read> read =
        read(
            Bytes.concat(Frames.prefix(altered.head()), Bytes.copyOf(octets), next.encoded()),
            random,
            700);
    assertThat(read).hasSize(2);
    assertThat(read.get(0).refused()).contains(RefusalCode.DIGEST_MISMATCH);
    assertThat(read.get(1)).isEqualTo(new Read(next.head(), next.payload(), Optional.empty()));
  }

  @Test
  void handsOutNothingMoreOfAPayloadThatIsMalformedByKpPay1AndT05() {
    Frame frame = frame(random);
    Frame next = frame(random);
    byte[] octets = frame.payload().toByteArray();
    octets[0] = (byte) 0xcb;
    List<Read> read =
        read(
            Bytes.concat(Frames.prefix(frame.head()), Bytes.copyOf(octets), next.encoded()),
            random,
            1);
    assertThat(read.get(0))
        .isEqualTo(
            new Read(frame.head(), Bytes.empty(), Optional.of(RefusalCode.PAYLOAD_MALFORMED)));
    assertThat(read.get(1).refused()).isEmpty();
  }

  @Test
  void refusesAPayloadThatEndsItsPacketsBeforeItsSizeByKpPay6() {
    Frame frame = frame(random);
    Envelope envelope = frame.head().signed().getFirst().envelope();
    Bytes longer = Bytes.concat(frame.payload(), Bytes.parseHex("00"));
    Head head = head(envelope, envelope.recipientKey(), longer);
    assertThat(read(Bytes.concat(Frames.prefix(head), longer), random, 500).getFirst().refused())
        .contains(RefusalCode.PAYLOAD_MALFORMED);
  }

  @Test
  void refusesARequestThatEndsInsideAFrameByKpFrm3AndT19() {
    Bytes whole = frame(random).encoded();
    for (int size = 1; size < whole.size(); size++) {
      FrameReader reader = new FrameReader();
      ByteBuffer cut = whole.slice(0, size).asByteBuffer();
      while (reader.next(cut).isPresent()) {
        assertThat(cut.position()).isPositive();
      }
      assertThat(cut.hasRemaining()).isFalse();
      assertThatThrownBy(reader::finish)
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_FRAME));
    }
  }

  @Test
  void readsTheSameFramesOrNoneHoweverTheyAreCutByKpRef5AndT38() {
    SeededRandom.forSeeds(
        150,
        seeded -> {
          Bytes stream = Bytes.concat(frame(seeded).encoded(), frame(seeded).encoded());
          Bytes mutated = Bytes.copyOf(SeededRandom.mutate(seeded, stream.toByteArray()));
          assertThat(outcome(mutated, seeded, 9)).isEqualTo(outcome(mutated, seeded, 5000));
        });
  }

  private static String outcome(Bytes stream, RandomGenerator random, int largest) {
    try {
      // How much of a refused payload was handed out before depends on the pieces, and on nothing
      // else.
      return read(stream, random, largest).stream()
          .map(r -> r.refused().isEmpty() ? r : new Read(r.head(), Bytes.empty(), r.refused()))
          .toList()
          .toString();
    } catch (RefusedException e) {
      return e.code().wire();
    }
  }

  private static List<Read> read(Bytes stream, RandomGenerator random, int largest) {
    FrameReader reader = new FrameReader();
    List<Read> frames = new ArrayList<>();
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    ByteBuffer all = stream.asByteBuffer();
    while (all.hasRemaining()) {
      int size = Math.min(random.nextInt(1, largest + 1), all.remaining());
      ByteBuffer piece = all.slice(all.position(), size);
      all.position(all.position() + size);
      for (var part = reader.next(piece); part.isPresent(); part = reader.next(piece)) {
        switch (part.get()) {
          case FrameReader.Part.Start start -> payload.reset();
          case FrameReader.Part.Payload(ByteBuffer octets) ->
              payload.writeBytes(Bytes.copyOf(octets).toByteArray());
          case FrameReader.Part.End(Head head, Optional<Refusal> refusal) ->
              frames.add(
                  new Read(head, Bytes.copyOf(payload.toByteArray()), refusal.map(Refusal::code)));
        }
      }
    }
    reader.finish();
    return frames;
  }

  private static Frame frame(RandomGenerator random) {
    Envelope any = Envelopes.any(random);
    Bytes key = SeededRandom.bytes(random, 32);
    Bytes body = Envelopes.dataBody(random, random.nextInt(600, 2500));
    Bytes payload =
        Bytes.concat(
            Envelopes.sessionKey(random, key), Envelopes.dataInParts(body, random.nextInt(9, 12)));
    return new Frame(head(any, key, payload), payload);
  }

  private static Head head(Envelope any, Bytes key, Bytes payload) {
    return new Head(
        List.of(
            SignedEnvelope.of(
                new Envelope(
                    any.messageId(),
                    any.sender(),
                    any.senderKey(),
                    any.recipient(),
                    key,
                    any.addressedAs(),
                    any.created(),
                    any.expires(),
                    Digest.sha256(payload),
                    payload.size()),
                Bytes.utf8("signature"))));
  }
}
