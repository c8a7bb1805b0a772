package io.keypost.directory;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Finds the refusal in what a stage completed with. */
public final class Refusals {
  private Refusals() {}

  /**
   * The refusal that {@code error} is or wraps. Anything else is a fault of this program and
   * becomes {@code directory_unavailable}: temporary, because it says nothing about what was asked.
   */
  public static RefusedException of(Throwable error) {
    Throwable cause = error;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof RefusedException refused
        ? refused
        : RefusedException.of(
            RefusalCode.DIRECTORY_UNAVAILABLE, "the look-up failed: " + cause, cause);
  }
}
