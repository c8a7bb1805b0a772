package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads the head of a frame from pieces of any size, and takes not one octet of the payload
 * (KP-FRM-1, KP-FRM-3). It keeps what has come, never more than the head may have, and does not
 * believe the length before it has come. For one thread; used for frame after frame.
 */
public final class HeadReader {
  /** Octets of the longest length: 256 KiB has 19 bits, 7 to the octet. */
  private static final int MAX_LENGTH_OCTETS = 3;

  private static final int FIRST_BUFFER_OCTETS = 2048;

  private byte[] head = new byte[FIRST_BUFFER_OCTETS];
  private int headSize;
  private int length;
  private int lengthOctets;
  private boolean lengthKnown;

  /** A reader that stands before the first frame. */
  public HeadReader() {}

  /**
   * Takes octets from {@code piece} until the head is complete; the position then stands at the
   * first octet of the payload, and the reader before the next frame.
   *
   * @return the head, or empty when the piece is used up first
   * @throws RefusedException {@code malformed_frame} for a length that is none, {@code
   *     head_too_large}, or what {@link Head#decode} says; the connection's further octets then
   *     mean nothing
   */
  public Optional<Head> feed(ByteBuffer piece) {
    while (!lengthKnown) {
      if (!piece.hasRemaining()) {
        return Optional.empty();
      }
      takeLengthOctet(piece.get() & 0xff);
    }
    int wanted = Math.min(length - headSize, piece.remaining());
    if (head.length < headSize + wanted) {
      head = Arrays.copyOf(head, Math.max(headSize + wanted, Math.min(length, 2 * head.length)));
    }
    piece.get(head, headSize, wanted);
    headSize += wanted;
    if (headSize < length) {
      return Optional.empty();
    }
    Bytes complete = Bytes.copyOf(head, 0, length);
    reset();
    return Optional.of(Head.decode(complete));
  }

  /** Whether the reader stands between two frames, so that a request may end here. */
  public boolean isBetweenFrames() {
    return lengthOctets == 0;
  }

  /**
   * Says that no more octets come.
   *
   * @throws RefusedException {@code malformed_frame} in the middle of a head
   */
  public void finish() {
    if (!isBetweenFrames()) {
      throw RefusedException.of(RefusalCode.MALFORMED_FRAME, "ends in the middle of a head");
    }
  }

  private void takeLengthOctet(int octet) {
    length |= (octet & 0x7f) << (7 * lengthOctets);
    lengthOctets++;
    if ((octet & 0x80) != 0) {
      if (lengthOctets == MAX_LENGTH_OCTETS) {
        throw tooLarge();
      }
      return;
    }
    if (lengthOctets > 1 && octet == 0) {
      throw RefusedException.of(RefusalCode.MALFORMED_FRAME, "a length that is not minimal");
    }
    if (length == 0) {
      throw RefusedException.of(RefusalCode.MALFORMED_FRAME, "a head of no octets");
    }
    if (length > Head.MAX_ENCODED_OCTETS) {
      throw tooLarge();
    }
    lengthKnown = true;
  }

  private static RefusedException tooLarge() {
    return RefusedException.of(
        RefusalCode.HEAD_TOO_LARGE, "more than " + Head.MAX_ENCODED_OCTETS + " octets");
  }

  private void reset() {
    head = new byte[FIRST_BUFFER_OCTETS];
    headSize = 0;
    length = 0;
    lengthOctets = 0;
    lengthKnown = false;
  }
}
