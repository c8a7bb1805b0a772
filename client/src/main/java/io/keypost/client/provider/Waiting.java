package io.keypost.client.provider;

import io.keypost.directory.Refusals;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits on the caller's thread: a client does one thing at a time. */
public final class Waiting {
  /** For what is small. */
  public static final Duration USUAL = Duration.ofSeconds(60);

  private static final int ATTEMPTS = 3;

  /** What another attempt may mend at once. */
  private static final Set<RefusalCode> REPEATED =
      Set.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, RefusalCode.DNS_UNAVAILABLE, RefusalCode.UNAVAILABLE);

  private Waiting() {}

  /**
   * What {@code stage} completes with.
   *
   * @throws RefusedException what it completes exceptionally with, or {@code unavailable} after
   *     {@code atMost}
   */
  public static <T> T on(CompletionStage<T> stage, Duration atMost) {
    try {
      return stage.toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (TimeoutException e) {
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE, "no answer within " + atMost.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "interrupted", e);
    }
  }

  /**
   * As {@link #on(CompletionStage, Duration)}, for what may be asked again without harm: on a busy
   * machine the first connection may take longer than a service would wait.
   */
  public static <T> T onRepeatable(Supplier<CompletionStage<T>> question) {
    for (int attempt = 1; ; attempt++) {
      try {
        return on(question.get());
      } catch (RefusedException e) {
        if (attempt == ATTEMPTS || !REPEATED.contains(e.code())) {
          throw e;
        }
      }
    }
  }

  /** As {@link #on(CompletionStage, Duration)} with {@link #USUAL}. */
  public static <T> T on(CompletionStage<T> stage) {
    return on(stage, USUAL);
  }
}
