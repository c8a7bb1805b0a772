package io.keypost.delivery.work;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much may run at once, for each key and in all. A piece of work takes a slot before it begins
 * and gives it back when it ended; who gets none does not begin. Thread safe.
 *
 * @param <K> what work is counted by
 */
public final class Slots<K> {
  private final int total;
  private final int forEach;
  private final Map<K, Integer> running = new HashMap<>();
  private int taken;

  /**
   * All free.
   *
   * @param total most at once
   * @param forEach most at once for one key
   */
  public Slots(int total, int forEach) {
    if (total < 1 || forEach < 1) {
      throw new IllegalArgumentException(total + " slots, " + forEach + " for each");
    }
    this.total = total;
    this.forEach = forEach;
  }

  /** What became of {@link #take}. */
  public enum Answer {
    /** The caller has a slot, and gives it back. */
    TAKEN,
    /** The caller has none. */
    FULL
  }

  /** Takes a slot if there is one. */
  public synchronized Answer take(K key) {
    int before = running.getOrDefault(key, 0);
    if (taken >= total || before >= forEach) {
      return Answer.FULL;
    }
    running.put(key, before + 1);
    taken++;
    return Answer.TAKEN;
  }

  /** Gives a slot back that was taken for {@code key}. */
  public synchronized void giveBack(K key) {
    int before = running.getOrDefault(key, 0);
    if (before == 0) {
      throw new IllegalStateException("no slot is taken for " + key);
    }
    if (before == 1) {
      running.remove(key);
    } else {
      running.put(key, before - 1);
    }
    taken--;
  }

  /** How many more may begin now. */
  public synchronized int free() {
    return total - taken;
  }

  /** Keys for which no more may begin now. */
  public synchronized List<K> full() {
    List<K> full = new ArrayList<>();
    running.forEach(
        (key, count) -> {
          if (count >= forEach) {
            full.add(key);
          }
        });
    return full;
  }
}
