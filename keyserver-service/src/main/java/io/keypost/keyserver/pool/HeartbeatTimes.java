package io.keypost.keyserver.pool;

import java.time.Duration;

/**
 * The times of heartbeats (KP-KSV-20, KP-REC-21).
 *
 * <pre>
 *   beat      beat      missed    missed    missed
 *    |---------|---------|---------|---------|-- grace --| silent: left out at the next sweep
 *     interval            three intervals
 * </pre>
 *
 * @param interval how often a receiving server beats, {@link #SHORTEST_INTERVAL} to {@link
 *     #LONGEST_INTERVAL}
 */
public record HeartbeatTimes(Duration interval) {
  /** Beats in a row that may be missed, less one. */
  public static final int MISSED = 3;

  /** For a beat that is under way. */
  public static final Duration GRACE = Duration.ofSeconds(2);

  /** How often every key server looks who is late. */
  public static final Duration SWEEP_EVERY = Duration.ofSeconds(2);

  /** From a server's last beat to the record that leaves it out. */
  public static final Duration LONGEST_LISTED = Duration.ofSeconds(30);

  /** Below this a key server would be asked for little else. */
  public static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  /** The longest with which {@link #LONGEST_LISTED} holds. */
  public static final Duration LONGEST_INTERVAL = Duration.ofSeconds(8);

  /** When no key server looked for so long, nobody could beat: counting begins anew. */
  public static final Duration WATCH_GAP = Duration.ofSeconds(10);

  /** Percent by which a load must have moved to be shown before the next renewal. */
  public static final int SHOWN_LOAD_STEP = 10;

  /** How often a moved load may cause the record to be signed. */
  public static final Duration LOAD_SHOWN_EVERY = Duration.ofSeconds(10);

  /** Checks the bounds. */
  public HeartbeatTimes {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "keypost.keyserver.heartbeat.interval is between "
              + SHORTEST_INTERVAL
              + " and "
              + LONGEST_INTERVAL);
    }
  }

  /** After so long without a beat a server is silent. */
  public Duration silence() {
    return interval.multipliedBy(MISSED).plus(GRACE);
  }
}
