package io.keypost.keyserver.desk;

import io.keypost.directory.Refusals;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits on a virtual thread for what the directory looks up. */
public final class Waiting {
  /** Longest wait for one look-up abroad; its own attempts are bounded tighter. */
  public static final Duration LONGEST = Duration.ofSeconds(15);

  private Waiting() {}

  /**
   * The result.
   *
   * @throws RefusedException what the look-up was refused with; {@code directory_unavailable} after
   *     {@link #LONGEST}
   */
  public static <T> T on(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (TimeoutException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, "no answer within " + LONGEST.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "the key server stops", e);
    }
  }
}
