package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Writes frames (KP-FRM-1). */
public final class Frames {
  /** Media type of a request that carries frames. */
  public static final String MEDIA_TYPE = "application/vnd.keypost.frames";

  private static final int COPY_OCTETS = 64 * 1024;

  private Frames() {}

  /** What a frame holds before its payload: the length of the head as a varint, and the head. */
  public static Bytes prefix(Head head) {
    Bytes encoded = head.encode();
    return Bytes.concat(varint(encoded.size()), encoded);
  }

  /** Octets of the whole frame. */
  public static long size(Head head) {
    return Math.addExact(prefix(head).size(), head.payloadSize());
  }

  /**
   * Writes one frame, taking exactly as many octets of {@code payload} as the head says. Digest and
   * structure are not checked: the receiver does that.
   *
   * @throws EOFException when the payload ends early; what was written is no frame then
   */
  public static void write(Head head, InputStream payload, OutputStream out) throws IOException {
    prefix(head).writeTo(out);
    byte[] piece = new byte[COPY_OCTETS];
    long left = head.payloadSize();
    while (left > 0) {
      int read = payload.read(piece, 0, (int) Math.min(piece.length, left));
      if (read < 0) {
        throw new EOFException("the payload ends " + left + " octets early");
      }
      out.write(piece, 0, read);
      left -= read;
    }
  }

  private static Bytes varint(int value) {
    byte[] octets = new byte[5];
    int size = 0;
    for (int rest = value; ; rest >>>= 7) {
      if (rest < 0x80) {
        octets[size++] = (byte) rest;
        return Bytes.copyOf(octets, 0, size);
      }
      octets[size++] = (byte) (rest | 0x80);
    }
  }
}
