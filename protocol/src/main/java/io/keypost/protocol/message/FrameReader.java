package io.keypost.protocol.message;

import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads frame after frame from pieces of any size and hands out their parts as they come: the head,
 * the payload piece by piece, the verdict over the payload (KP-FRM-1, KP-PAY-1, KP-PAY-7). It holds
 * at most one head. For one thread; for one request.
 *
 * <p>Two kinds of fault are told apart. Where the frame itself cannot be read, all that follows has
 * no meaning: {@link #next} throws and must not be called again. Where only the payload is not what
 * was signed, the frame still has its end: the refusal stands in its {@link Part.End}, and the next
 * frame is read.
 */
public final class FrameReader {
  /** A part of a frame, in the order Start, Payload any number of times, End. */
  public sealed interface Part {
    /** A frame has begun. */
    record Start(Head head) implements Part {}

    /**
     * The next octets of the payload, checked so far.
     *
     * @param octets a view of what was given to {@link #next}, at least one octet
     */
    record Payload(ByteBuffer octets) implements Part {}

    /**
     * The frame has ended.
     *
     * @param refusal why its payload is refused: {@code payload_malformed} or {@code
     *     digest_mismatch}; empty when it is the payload that was signed. Once it is refused, no
     *     more of it is handed out.
     */
    record End(Head head, Optional<Refusal> refusal) implements Part {}
  }

  /** A payload on its way. */
  private static final class Open {
    private final Head head;
    private final PayloadInspector inspector;
    private final Digest.Accumulator digest = Digest.accumulator();
    private long left;
    private Optional<Refusal> refusal = Optional.empty();

    Open(Head head) {
      this.head = head;
      this.inspector = new PayloadInspector(head.recipientKeys());
      this.left = head.payloadSize();
    }

    void take(ByteBuffer octets) {
      left -= octets.remaining();
      if (refusal.isEmpty()) {
        digest.update(octets);
        attempt(() -> inspector.inspect(octets));
      }
    }

    void finish() {
      if (refusal.isEmpty()) {
        attempt(inspector::finish);
      }
      if (refusal.isEmpty() && !digest.finish().equals(head.payloadDigest())) {
        refusal =
            Optional.of(
                Refusal.of(
                    RefusalCode.DIGEST_MISMATCH, "the payload is not the one that was signed"));
      }
    }

    private void attempt(Runnable check) {
      try {
        check.run();
      } catch (RefusedException e) {
        refusal = Optional.of(e.refusal());
      }
    }
  }

  private final HeadReader heads = new HeadReader();
  private Optional<Open> open = Optional.empty();

  /** A reader that stands before the first frame. */
  public FrameReader() {}

  /**
   * Takes octets from {@code input} up to the end of the next part.
   *
   * @return the part, or empty when the input is used up before one is complete
   * @throws RefusedException as {@link HeadReader#feed}
   */
  public Optional<Part> next(ByteBuffer input) {
    if (open.isEmpty()) {
      Optional<Head> head = heads.feed(input);
      open = head.map(Open::new);
      return head.map(Part.Start::new);
    }
    Open frame = open.get();
    while (frame.left > 0 && input.hasRemaining()) {
      ByteBuffer octets =
          input.slice(input.position(), (int) Math.min(frame.left, input.remaining()));
      input.position(input.position() + octets.remaining());
      frame.take(octets);
      if (frame.refusal.isEmpty()) {
        return Optional.of(new Part.Payload(octets.asReadOnlyBuffer()));
      }
    }
    if (frame.left > 0) {
      return Optional.empty();
    }
    frame.finish();
    open = Optional.empty();
    return Optional.of(new Part.End(frame.head, frame.refusal));
  }

  /**
   * Says that no more octets come.
   *
   * @throws RefusedException {@code malformed_frame} in the middle of a frame
   */
  public void finish() {
    if (open.isPresent()) {
      throw RefusedException.of(RefusalCode.MALFORMED_FRAME, "ends in the middle of a payload");
    }
    heads.finish();
  }
}
