package io.keypost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.wire.Signed;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class HeadTest {
  private final RandomGenerator random = SeededRandom.generator(1);

  @Test
  void readsBackWhatItWritesByKpFrm2() {
    SeededRandom.forSeeds(
        100,
        seeded -> {
          Head head = Envelopes.head(seeded, seeded.nextInt(1, Head.MAX_ENVELOPES + 1));
          assertThat(Head.decode(head.encode())).isEqualTo(head);
        });
  }

  @Test
  void refusesOrReadsBackWhateverIsMadeOfAHeadByChangingItByKpFrm2() {
    SeededRandom.forSeeds(
        3000,
        seeded -> {
          byte[] encoded = Envelopes.head(seeded, seeded.nextInt(1, 4)).encode().toByteArray();
          Bytes mutated = Bytes.copyOf(SeededRandom.mutate(seeded, encoded));
          try {
            assertThat(Head.decode(mutated).encode()).isEqualTo(mutated);
          } catch (RefusedException e) {
            assertThat(e.code())
                .isIn(
                    RefusalCode.MALFORMED_HEAD,
                    RefusalCode.MALFORMED_ENVELOPE,
                    RefusalCode.UNSUPPORTED_VERSION,
                    RefusalCode.ENVELOPES_DISAGREE);
          }
        });
  }

  @Test
  void refusesAHeadWithoutEnvelopesOrVersionByKpFrm2() {
    assertRefused(RefusalCode.MALFORMED_HEAD, Bytes.parseHex("0801"));
    assertRefused(RefusalCode.MALFORMED_HEAD, Bytes.empty());
    Bytes encoded = Envelopes.head(random, 1).encode();
    assertRefused(RefusalCode.MALFORMED_HEAD, encoded.slice(2, encoded.size()));
  }

  @Test
  void refusesAnotherVersionBeforeAnythingElseOfTheHeadByKpFrm4() {
    assertRefused(RefusalCode.UNSUPPORTED_VERSION, Bytes.parseHex("0802"));
    assertRefused(RefusalCode.UNSUPPORTED_VERSION, Bytes.parseHex("0802" + "7a03616263"));
  }

  @Test
  void refusesADoubledOrUnknownFieldByKpFrm2AndT38() {
    Bytes encoded = Envelopes.head(random, 1).encode();
    assertRefused(RefusalCode.MALFORMED_HEAD, Bytes.concat(encoded, Bytes.parseHex("0801")));
    assertRefused(RefusalCode.MALFORMED_HEAD, Bytes.concat(encoded, Bytes.parseHex("1a0100")));
  }

  @Test
  void refusesOneEnvelopeOver100ByKpFrm5() {
    var wire = io.keypost.protocol.message.wire.Head.newBuilder().setVersion(1);
    Envelope first = Envelopes.any(random);
    for (int i = 0; i <= Head.MAX_ENVELOPES; i++) {
      Envelope one =
          Envelopes.to(first, Address.parse("r" + i + "@beta.test"), first.recipientKey());
      wire.addSigned(
          Signed.newBuilder()
              .setEnvelope(ByteString.copyFrom(one.encode().asByteBuffer()))
              .setSignature(ByteString.copyFromUtf8("s")));
    }
    assertRefused(RefusalCode.TOO_MANY_ENVELOPES, Bytes.copyOf(wire.build().toByteArray()));
  }

  @Test
  void refusesEnvelopesThatDisagreeOrNameARecipientTwiceByKpFrm5() {
    Envelope first = Envelopes.any(random);
    Envelope other = Envelopes.any(random);
    Address recipient = Address.parse("other@gamma.test");
    List<Envelope> disagreeing =
        List.of(
            Envelopes.to(other, recipient, first.recipientKey()),
            with(first, recipient, other.messageId(), first.payloadDigest(), first.payloadSize()),
            with(first, recipient, first.messageId(), other.payloadDigest(), first.payloadSize()),
            with(first, recipient, first.messageId(), first.payloadDigest(), 77_777),
            first);
    for (Envelope second : disagreeing) {
      assertThatThrownBy(() -> new Head(List.of(sign(first), sign(second))))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.code()).isEqualTo(RefusalCode.ENVELOPES_DISAGREE));
    }
  }

  @Test
  void readsHeadsFromPiecesOfAnySizeAndLeavesThePayloadByKpFrm1() {
    SeededRandom.forSeeds(
        200,
        seeded -> {
          List<Head> heads = new ArrayList<>();
          ByteArrayOutputStream stream = new ByteArrayOutputStream();
          for (int i = 0; i < 3; i++) {
            Head head = Envelopes.head(seeded, seeded.nextInt(1, 5));
            heads.add(head);
            Frames.prefix(head).writeTo(stream);
          }
          HeadReader reader = new HeadReader();
          List<Head> read = new ArrayList<>();
          ByteBuffer all = ByteBuffer.wrap(stream.toByteArray());
          while (all.hasRemaining()) {
            int size = Math.min(seeded.nextInt(1, 900), all.remaining());
            ByteBuffer piece = all.slice(all.position(), size);
            reader.feed(piece).ifPresent(read::add);
            all.position(all.position() + piece.position());
          }
          assertThat(read).isEqualTo(heads);
          assertThat(reader.isBetweenFrames()).isTrue();
          reader.finish();
        });
  }

  @Test
  void takesNoOctetOfThePayloadByKpFrm1() {
    Head head = Envelopes.head(random, 2);
    ByteBuffer piece = Bytes.concat(Frames.prefix(head), Bytes.utf8("payload")).asByteBuffer();
    assertThat(new HeadReader().feed(piece)).contains(head);
    assertThat(Bytes.copyOf(piece)).isEqualTo(Bytes.utf8("payload"));
  }

  @Test
  void refusesALengthThatIsNotMinimalOrNothingByKpFrm3AndT38() {
    assertFeedRefused(RefusalCode.MALFORMED_FRAME, "00");
    assertFeedRefused(RefusalCode.MALFORMED_FRAME, "8100");
    assertFeedRefused(RefusalCode.MALFORMED_FRAME, "818000");
  }

  @Test
  void refusesAHeadOver256KibibytesAtItsLengthByKpFrm3AndT19() {
    assertThat(feed("808010")).isEmpty();
    assertFeedRefused(RefusalCode.HEAD_TOO_LARGE, "818010");
    assertFeedRefused(RefusalCode.HEAD_TOO_LARGE, "808080");
    assertFeedRefused(RefusalCode.HEAD_TOO_LARGE, "ffffff7f");
  }

  @Test
  void refusesAnEndInTheMiddleOfAHeadByKpFrm3() {
    HeadReader reader = new HeadReader();
    reader.finish();
    Bytes prefix = Frames.prefix(Envelopes.head(random, 1));
    assertThat(reader.feed(prefix.slice(0, prefix.size() - 1).asByteBuffer())).isEmpty();
    assertThatThrownBy(reader::finish)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_FRAME));
  }

  @Test
  void writesExactlyAsManyOctetsOfPayloadAsTheHeadSays() throws Exception {
    Envelope any = Envelopes.any(random);
    Bytes payload = SeededRandom.bytes(random, 200_000);
    Envelope envelope =
        with(any, any.recipient(), any.messageId(), Digest.sha256(payload), payload.size());
    Head head = new Head(List.of(sign(envelope)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Frames.write(head, Bytes.concat(payload, Bytes.utf8("more")).asInputStream(), out);
    assertThat(Bytes.copyOf(out.toByteArray()))
        .isEqualTo(Bytes.concat(Frames.prefix(head), payload));
    assertThat(Frames.size(head)).isEqualTo(out.size());
    assertThatThrownBy(
            () ->
                Frames.write(
                    head, new ByteArrayInputStream(new byte[199_999]), new ByteArrayOutputStream()))
        .isInstanceOf(EOFException.class);
  }

  private static SignedEnvelope sign(Envelope envelope) {
    return SignedEnvelope.of(envelope, Bytes.utf8("signature"));
  }

  private static Envelope with(
      Envelope e, Address recipient, MessageId id, Digest payload, long payloadSize) {
    return new Envelope(
        id,
        e.sender(),
        e.senderKey(),
        recipient,
        e.recipientKey(),
        e.addressedAs(),
        e.created(),
        e.expires(),
        payload,
        payloadSize);
  }

  private static Optional<Head> feed(String hex) {
    return new HeadReader().feed(Bytes.parseHex(hex).asByteBuffer());
  }

  private static void assertFeedRefused(RefusalCode code, String hex) {
    assertThatThrownBy(() -> feed(hex))
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void assertRefused(RefusalCode code, Bytes encoded) {
    assertThatThrownBy(() -> Head.decode(encoded))
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
