package io.keypost.events.stage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How many records of one channel are being worked on. The next batch is taken while there are
 * fewer than a bound, and need not wait for the slowest record of the one before: a key server that
 * never answers would otherwise hold up everybody's mail for as long as it is waited for (threat
 * T15). Thread safe.
 */
public final class InFlight {
  private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

  private final int bound;
  private int count;
  private CompletableFuture<Void> room = NOW;

  /**
   * Nothing in flight.
   *
   * @param bound records at which no other batch is taken, at least 1; what is held in memory is
   *     less than this and one batch
   */
  public InFlight(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("records in flight: at least 1");
    }
    this.bound = bound;
  }

  /** Completes when another batch may be taken. */
  public synchronized CompletionStage<Void> room() {
    return room.minimalCompletionStage();
  }

  synchronized void begin() {
    count++;
    if (count >= bound && room == NOW) {
      room = new CompletableFuture<>();
    }
  }

  void end() {
    CompletableFuture<Void> freed = NOW;
    synchronized (this) {
      count--;
      if (count < bound && room != NOW) {
        freed = room;
        room = NOW;
      }
    }
    // Outside of the lock: whoever waits goes on from here.
    boolean _ = freed.complete(null);
  }
}
