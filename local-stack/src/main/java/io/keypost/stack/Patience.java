package io.keypost.stack;

import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Tries again what was refused for a while only. Ten services that start at once on two cores are
 * slow to answer their first questions; what is refused for good is not asked twice.
 */
public final class Patience {

  private static final int ATTEMPTS = 10;
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private Patience() {}

  /**
   * Tries until it succeeds, at most ten times.
   *
   * @throws RefusedException the last refusal, or the first that is for good
   */
  public static <T> T with(Supplier<T> attempt) {
    for (int made = 1; ; made++) {
      try {
        return attempt.get();
      } catch (RefusedException e) {
        if (made == ATTEMPTS || !e.isTemporary()) {
          throw e;
        }
        pause(e);
      }
    }
  }

  /**
   * As {@link #with}, for what gives nothing back.
   *
   * @throws RefusedException the last refusal, or the first that is for good
   */
  public static void run(Runnable attempt) {
    with(
        () -> {
          attempt.run();
          return true;
        });
  }

  private static void pause(RefusedException because) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw because;
    }
  }
}
