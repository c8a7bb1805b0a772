package io.keypost.ingress.http;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts requests in progress, altogether and of each caller. Thread safe. */
final class RequestLimits {
  private final int max;
  private final int maxPerCaller;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentMap<String, Integer> byCaller = new ConcurrentHashMap<>();

  RequestLimits(int max, int maxPerCaller) {
    this.max = max;
    this.maxPerCaller = maxPerCaller;
  }

  /** Requests in progress. */
  int inProgress() {
    return all.get();
  }

  /**
   * Counts a request in until its place is closed.
   *
   * @throws RefusedException {@code busy}
   */
  Place enter() {
    if (all.incrementAndGet() > max) {
      all.decrementAndGet();
      throw RefusedException.of(RefusalCode.BUSY, "more than " + max + " requests at once");
    }
    return new Place();
  }

  /** The place of one request. */
  final class Place implements AutoCloseable {
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicReference<@Nullable String> taken = new AtomicReference<>();

    private Place() {}

    /**
     * Counts the request as one of this caller's as well.
     *
     * @throws RefusedException {@code rate_limited}
     */
    void takenBy(String caller) {
      int count = byCaller.merge(caller, 1, Integer::sum);
      taken.set(caller);
      if (left.get()) {
        // The sender went away while it was looked up who it is.
        leaveCaller();
      } else if (count > maxPerCaller) {
        throw RefusedException.of(
            RefusalCode.RATE_LIMITED, "more than " + maxPerCaller + " requests at once");
      }
    }

    @Override
    public void close() {
      if (left.compareAndSet(false, true)) {
        all.decrementAndGet();
        leaveCaller();
      }
    }

    private void leaveCaller() {
      String caller = taken.getAndSet(null);
      if (caller != null) {
        byCaller.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
      }
    }
  }
}
