package io.keypost.protocol.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.keypost.protocol.refusal.RefusedException;
import java.lang.management.ManagementFactory;

/**
 * KP-REF-5, T19: what octets from outside may do to a reader. They are read, or refused with a
 * code; no other exception or error comes out, and the memory that is taken for them is bounded by
 * how many there are, whatever lengths they claim.
 */
public final class Hostile {
  /** For one signature's arithmetic, tables that a library makes once, and a few buffers. */
  private static final long ALLOCATED_ANYHOW = 64L << 20;

  /** A signature or a name for every few octets, each with its objects. */
  private static final long ALLOCATED_FOR_EACH_OCTET = 8 * 1024;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Hostile() {}

  /** Reads octets, and may check what it read. */
  @FunctionalInterface
  public interface Reader {
    void read() throws Exception;
  }

  /**
   * Runs {@code reader} on input of {@code octets} octets; what it throws besides {@link
   * RefusedException} goes on, and fails the test.
   */
  public static void isReadOrRefused(int octets, Reader reader) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.read();
    } catch (RefusedException e) {
      assertThat(e.code()).isNotNull();
      assertThat(e.refusal().detail().chars().filter(Character::isISOControl)).isEmpty();
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .as("octets allocated for an input of %d", octets)
        .isLessThan(ALLOCATED_ANYHOW + octets * ALLOCATED_FOR_EACH_OCTET);
  }
}
