package io.keypost.payloads.segment;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how many payloads are written at once, and the memory of those that are kept there. Thread
 * safe.
 */
final class WriterBudget {
  private final Semaphore writers;
  private final AtomicLong freeOctets;

  WriterBudget(int maxWriters, long maxOctets) {
    this.writers = new Semaphore(maxWriters);
    this.freeOctets = new AtomicLong(maxOctets);
  }

  /** Takes a place for a writer, if there is one. */
  boolean takeWriter() {
    return writers.tryAcquire();
  }

  void returnWriter() {
    writers.release();
  }

  /** Takes memory, if there is as much. */
  boolean takeOctets(long octets) {
    return freeOctets.getAndUpdate(free -> free >= octets ? free - octets : free) >= octets;
  }

  void returnOctets(long octets) {
    freeOctets.addAndGet(octets);
  }
}
