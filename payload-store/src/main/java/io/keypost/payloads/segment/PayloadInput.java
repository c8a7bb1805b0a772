package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadRange;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * Reads a range of a payload. Over a whole payload it computes the digest and holds the last octets
 * back until that is right, so that nobody sees the regular end of a payload that was altered on
 * the disk.
 */
final class PayloadInput extends InputStream {
  private final FileChannel channel;
  private final PayloadReference reference;
  private final boolean whole;
  private final Digest.Accumulator digest = Digest.accumulator();
  private long at;
  private long left;

  PayloadInput(FileChannel channel, PayloadReference reference, PayloadRange range) {
    this.channel = channel;
    this.reference = reference;
    this.whole = range.equals(PayloadRange.all(reference));
    this.at = reference.offset() + range.from();
    this.left = range.length();
    if (whole && left == 0) {
      checkDigest();
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    ByteBuffer part = ByteBuffer.wrap(target, offset, (int) Math.min(length, left));
    int read = readAt(part);
    at += read;
    left -= read;
    if (whole) {
      digest.update(target, offset, read);
      if (left == 0) {
        checkDigest();
      }
    }
    return read;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, left);
  }

  private int readAt(ByteBuffer part) {
    try {
      int read = channel.read(part, at);
      if (read <= 0) {
        throw new PayloadStoreException(
            Failure.NOT_YET_VISIBLE, "the segment ends within the payload");
      }
      return read;
    } catch (IOException e) {
      throw new PayloadStoreException(Failure.UNAVAILABLE, "cannot read " + reference.segment(), e);
    }
  }

  private void checkDigest() {
    if (!digest.finish().equals(reference.sha256())) {
      throw new PayloadStoreException(
          Failure.CORRUPT,
          "the payload at " + reference.offset() + " of " + reference.segment() + " was altered");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
