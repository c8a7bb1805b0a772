package io.keypost.keyserver.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for each caller. Each request takes as many tokens as it costs; tokens come back
 * at a steady rate. At most {@code callers} are remembered: the one that was silent longest is
 * forgotten first, which hands it a full bucket and nobody else anything.
 */
public final class TokenBuckets {
  private final int burst;
  private final double tokensPerSecond;
  private final InstantSource clock;
  private final Map<String, Bucket> buckets;

  private record Bucket(double tokens, Instant at) {}

  /**
   * No bucket yet.
   *
   * @param burst tokens in a full bucket, 1 or more
   * @param tokensPerSecond how fast they come back, above 0
   * @param callers most callers that are remembered, 1 or more
   */
  public TokenBuckets(int burst, double tokensPerSecond, int callers, InstantSource clock) {
    if (burst < 1 || !(tokensPerSecond > 0) || callers < 1) {
      throw new IllegalArgumentException("burst, rate and callers must be above zero");
    }
    this.burst = burst;
    this.tokensPerSecond = tokensPerSecond;
    this.clock = clock;
    this.buckets = new Recent(callers);
  }

  /**
   * Takes {@code cost} tokens from the caller's bucket.
   *
   * @param cost 1 to the burst; a larger one is taken as the burst
   * @return zero when they were there; otherwise nothing was taken, and this is how long to wait
   */
  public synchronized Duration take(String caller, int cost) {
    Instant now = clock.instant();
    int wanted = Math.clamp(cost, 1, burst);
    double tokens = refilled(buckets.get(caller), now);
    if (tokens < wanted) {
      buckets.put(caller, new Bucket(tokens, now));
      return Duration.ofMillis((long) Math.ceil((wanted - tokens) / tokensPerSecond * 1000));
    }
    buckets.put(caller, new Bucket(tokens - wanted, now));
    return Duration.ZERO;
  }

  /** Puts back what was taken, never beyond the burst. */
  public synchronized void giveBack(String caller, int cost) {
    Instant now = clock.instant();
    double tokens = refilled(buckets.get(caller), now) + Math.clamp(cost, 1, burst);
    buckets.put(caller, new Bucket(Math.min(burst, tokens), now));
  }

  private double refilled(@Nullable Bucket bucket, Instant now) {
    if (bucket == null) {
      return burst;
    }
    // A clock that was set back gives nothing, and takes nothing.
    double seconds = Math.max(0, Duration.between(bucket.at, now).toMillis() / 1000.0);
    return Math.min(burst, bucket.tokens + seconds * tokensPerSecond);
  }

  /** In order of last use, and no more than so many. */
  private static final class Recent extends LinkedHashMap<String, Bucket> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > most;
    }
  }
}
