package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where plaintext waits until everything about it is verified. {@link MessageOpener} writes to
 * {@link #sink} and then calls either {@link #release} or {@link #discard}, once.
 *
 * @param <T> how the content is handed over
 */
public interface Spool<T> {
  /** Takes the plaintext, which nobody may look at yet. */
  OutputStream sink() throws IOException;

  /** Everything was verified: hands the content over. */
  T release() throws IOException;

  /** Something was not as it must be: erases what was written. */
  void discard() throws IOException;

  /**
   * A spool in memory.
   *
   * @param maxOctets a larger content fails with an {@link IOException}
   */
  static Spool<Bytes> inMemory(int maxOctets) {
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    return new Spool<>() {
      @Override
      public OutputStream sink() {
        return new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
          }

          @Override
          public void write(byte[] octets, int offset, int length) throws IOException {
            if (length > maxOctets - held.size()) {
              throw new IOException("the content has more than " + maxOctets + " octets");
            }
            held.write(octets, offset, length);
          }
        };
      }

      @Override
      public Bytes release() {
        return Bytes.copyOf(held.toByteArray());
      }

      @Override
      public void discard() {
        held.reset();
      }
    };
  }
}
