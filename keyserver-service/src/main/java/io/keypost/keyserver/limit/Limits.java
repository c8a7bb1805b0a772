package io.keypost.keyserver.limit;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.function.Supplier;

/** Charges callers for what they ask. */
public final class Limits {
  /** What a request of a stranger costs: strangers have no name to be blocked by. */
  public static final int STRANGER_COST = 10;

  /** What a request of a proven caller costs. */
  public static final int KNOWN_COST = 1;

  /** What each address of a look-up costs besides. */
  public static final int ADDRESS_COST = 1;

  private final TokenBuckets buckets;

  /** Charges from {@code buckets}. */
  public Limits(TokenBuckets buckets) {
    this.buckets = buckets;
  }

  /**
   * Takes {@code cost} from the caller's bucket.
   *
   * @throws RefusedException {@code rate_limited}, with how long to wait
   */
  public void charge(String caller, int cost) {
    Duration wait = buckets.take(caller, cost);
    if (wait.isPositive()) {
      throw RefusedException.retryAfter(
          RefusalCode.RATE_LIMITED, wait, "too many requests from this caller");
    }
  }

  /**
   * Has a caller prove who he is, at the price of a stranger's request, which is given back when he
   * succeeds: guessing has a price, and who cannot pay it makes no work (T15).
   *
   * @param stranger by what the caller is counted until then
   * @throws RefusedException {@code rate_limited}, or what {@code proof} refuses
   */
  public <C> C prove(String stranger, Supplier<C> proof) {
    charge(stranger, STRANGER_COST);
    C proved = proof.get();
    buckets.giveBack(stranger, STRANGER_COST);
    return proved;
  }
}
