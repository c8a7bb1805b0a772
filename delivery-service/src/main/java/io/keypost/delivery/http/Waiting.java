package io.keypost.delivery.http;

import io.keypost.directory.Refusals;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what the directory and peers answer, on a virtual thread. */
public final class Waiting {
  private Waiting() {}

  /**
   * The result.
   *
   * @throws RefusedException that the stage completed with, or {@code unavailable} when it did not
   *     complete in time, failed otherwise, or this thread was interrupted
   */
  public static <T> T on(CompletionStage<T> stage, Duration atMost) {
    try {
      return stage.toCompletableFuture().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (TimeoutException e) {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "no answer within " + atMost, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "interrupted", e);
    }
  }
}
