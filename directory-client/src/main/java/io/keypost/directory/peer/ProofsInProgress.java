package io.keypost.directory.peer;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds the callers whose proof of who they are is being checked, of each network and altogether:
 * a self-made certificate may name an operator whose name server never answers (T15). Thread safe.
 */
public final class ProofsInProgress {
  private final int max;
  private final int maxPerNetwork;
  private final Map<String, Integer> byNetwork = new HashMap<>();
  private int all;

  /**
   * None yet.
   *
   * @param max altogether, 1 or more
   * @param maxPerNetwork of one network, 1 to {@code max}
   */
  public ProofsInProgress(int max, int maxPerNetwork) {
    if (maxPerNetwork < 1 || maxPerNetwork > max) {
      throw new IllegalArgumentException(
          "proofs in progress of one network are 1 to those altogether");
    }
    this.max = max;
    this.maxPerNetwork = maxPerNetwork;
  }

  /**
   * Counts a proof in until its place is left; to be called before any work on it begins.
   *
   * @param network as {@link io.keypost.directory.net.CallerNetwork} names it
   * @throws RefusedException {@code rate_limited} or {@code busy}
   */
  public synchronized Place enter(String network) {
    int ofNetwork = byNetwork.getOrDefault(network, 0);
    if (ofNetwork >= maxPerNetwork) {
      throw RefusedException.of(
          RefusalCode.RATE_LIMITED,
          "more than " + maxPerNetwork + " callers of one network prove who they are");
    }
    if (all >= max) {
      throw RefusedException.of(
          RefusalCode.BUSY, "more than " + max + " callers prove who they are");
    }
    byNetwork.put(network, ofNetwork + 1);
    all++;
    return new Place(network);
  }

  /** Proofs that are being checked now. */
  public synchronized int inProgress() {
    return all;
  }

  private synchronized void leave(String network) {
    all--;
    byNetwork.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
  }

  /** The place of one proof. */
  public final class Place implements AutoCloseable {
    private final String network;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private Place(String network) {
      this.network = network;
    }

    /**
     * Leaves the place.
     *
     * @return whether it was held until now
     */
    public boolean leave() {
      boolean first = held.compareAndSet(true, false);
      if (first) {
        ProofsInProgress.this.leave(network);
      }
      return first;
    }

    @Override
    public void close() {
      boolean _ = leave();
    }
  }
}
