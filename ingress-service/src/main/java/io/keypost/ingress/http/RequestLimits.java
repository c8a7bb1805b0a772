package io.keypost.ingress.http;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts requests in progress of callers who proved who they are, altogether and of each. Thread
 * safe.
 */
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
   * Counts a request of this caller in until its place is closed.
   *
   * @throws RefusedException {@code busy} or {@code rate_limited}
   */
  Place enter(String caller) {
    if (all.incrementAndGet() > max) {
      all.decrementAndGet();
      throw RefusedException.of(RefusalCode.BUSY, "more than " + max + " requests at once");
    }
    if (byCaller.merge(caller, 1, Integer::sum) > maxPerCaller) {
      leave(caller);
      throw RefusedException.of(
          RefusalCode.RATE_LIMITED, "more than " + maxPerCaller + " requests at once");
    }
    return new Place(caller);
  }

  private void leave(String caller) {
    all.decrementAndGet();
    byCaller.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
  }

  /** The place of one request. */
  final class Place implements AutoCloseable {
    private final String caller;
    private final AtomicBoolean left = new AtomicBoolean();

    private Place(String caller) {
      this.caller = caller;
    }

    @Override
    public void close() {
      if (left.compareAndSet(false, true)) {
        leave(caller);
      }
    }
  }
}
