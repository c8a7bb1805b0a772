package io.keypost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-ENV-3, KP-FRM-1 to KP-FRM-5, KP-PAY-1 to KP-PAY-6, T05, T19, T38: whatever a peer sends. */
class MessageFuzzTest {
  private static final int LARGEST_PIECE = 256;

  static Stream<byte[]> envelopes() {
    return Vectors.octets("message/envelope.bin", "refused/envelope-doubled-field.bin");
  }

  /** What is read is the one encoding of what it says. */
  @MethodSource("envelopes")
  @FuzzTest
  void envelope(byte[] octets) throws Exception {
    Bytes encoded = Bytes.copyOf(octets);
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(Envelope.decode(encoded).encode()).isEqualTo(encoded));
  }

  static Stream<byte[]> heads() {
    return Stream.concat(
        Stream.of(new Head(List.of(Vectors.signedEnvelope())).encode().toByteArray()),
        Vectors.octets("refused/head-version-2.bin"));
  }

  @MethodSource("heads")
  @FuzzTest
  void head(byte[] octets) throws Exception {
    Bytes encoded = Bytes.copyOf(octets);
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(Head.decode(encoded).encode()).isEqualTo(encoded));
  }

  static Stream<byte[]> frames() {
    return Vectors.octets(
        "message/frame.bin",
        "refused/frame-altered-payload.bin",
        "refused/frame-literal-payload.bin");
  }

  /**
   * A request's body, in pieces whose size the last octet gives: however it is cut, the same parts
   * come out, and every octet of a frame is in one of them.
   */
  @MethodSource("frames")
  @FuzzTest
  void frames(byte[] octets) throws Exception {
    int piece = octets.length == 0 ? 1 : 1 + (octets[octets.length - 1] & 0xff) % LARGEST_PIECE;
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(read(octets, piece)).isEqualTo(read(octets, 1 << 20)));
  }

  /** What came out: heads, octets of payload, refusals. */
  private record Taken(int frames, long payload, List<RefusalCode> refused) {}

  private static Taken read(byte[] octets, int piece) {
    FrameReader reader = new FrameReader();
    int frames = 0;
    long payload = 0;
    List<RefusalCode> refused = new java.util.ArrayList<>();
    for (int at = 0; at < octets.length; at += piece) {
      ByteBuffer input = ByteBuffer.wrap(octets, at, Math.min(piece, octets.length - at));
      for (var part = reader.next(input); part.isPresent(); part = reader.next(input)) {
        switch (part.get()) {
          case FrameReader.Part.Start start -> frames++;
          case FrameReader.Part.Payload(ByteBuffer taken) -> payload += taken.remaining();
          case FrameReader.Part.End end -> end.refusal().ifPresent(r -> refused.add(r.code()));
        }
      }
    }
    reader.finish();
    // How much of a payload passes before it is refused hangs on the pieces.
    return new Taken(frames, refused.isEmpty() ? payload : 0, refused);
  }

  static Stream<byte[]> payloads() {
    return Vectors.octets("message/payload.pgp");
  }

  /** Cut as may be, the verdict is one. */
  @MethodSource("payloads")
  @FuzzTest
  void payload(byte[] octets) throws Exception {
    int cut = octets.length == 0 ? 0 : (octets[0] & 0xff) % octets.length;
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          Set<Bytes> keys = inspect(ByteBuffer.wrap(octets));
          assertThat(
                  inspect(
                      ByteBuffer.wrap(octets, 0, cut),
                      ByteBuffer.wrap(octets, cut, octets.length - cut)))
              .isEqualTo(keys)
              .isNotEmpty();
        });
  }

  private static Set<Bytes> inspect(ByteBuffer... pieces) {
    PayloadInspector inspector =
        new PayloadInspector(Set.of(Vectors.signedEnvelope().envelope().recipientKey()));
    for (ByteBuffer piece : pieces) {
      inspector.inspect(piece);
    }
    inspector.finish();
    return inspector.recipientKeys();
  }

  static Stream<byte[]> answers() {
    return Stream.of(
        new Answer(
                List.of(
                    new Status.Accepted(),
                    new Status.Refused(
                        io.keypost.protocol.refusal.Refusal.of(RefusalCode.BUSY, "later"))),
                null)
            .encode()
            .toByteArray());
  }

  /** What a peer answers. */
  @MethodSource("answers")
  @FuzzTest
  void answer(byte[] octets) throws Exception {
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          Answer answer = Answer.decode(Bytes.copyOf(octets));
          assertThat(Answer.decode(answer.encode())).isEqualTo(answer);
        });
  }
}
