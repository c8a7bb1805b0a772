package io.keypost.directory.cache;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Lets all who want the same thing at the same time share one piece of work. Holds no more than
 * what is under way.
 */
public final class Joined<K, V> {
  private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();

  /** Nothing is under way. */
  public Joined() {}

  /** A piece of work that may be shared. */
  @FunctionalInterface
  public interface Work<V> {
    /**
     * Begins.
     *
     * @param overtaken whether those who ask now do not join this work any more ({@link #leave}),
     *     since what it is about changed after it began; once true, always true
     */
    CompletionStage<V> begin(BooleanSupplier overtaken);
  }

  /**
   * The result of the work on {@code key} that is under way, or else of {@code work}, which then
   * begins in this thread. Nobody can cancel it for the others.
   */
  public CompletableFuture<V> join(K key, Work<V> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> earlier = underWay.putIfAbsent(key, mine);
    if (earlier != null) {
      return earlier.copy();
    }
    CompletionStage<V> started;
    try {
      started = work.begin(() -> underWay.get(key) != mine);
    } catch (RuntimeException e) {
      started = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<V> result = mine.copy();
    started.whenComplete(
        (value, error) -> {
          // Removed first: who asks after the completion begins anew.
          underWay.remove(key, mine);
          if (error != null) {
            mine.completeExceptionally(error);
          } else {
            mine.complete(value);
          }
        });
    return result;
  }

  /**
   * Whoever asks from now on does not join what is under way for the keys that {@code left} is true
   * of.
   *
   * @return these keys
   */
  public List<K> leave(Predicate<K> left) {
    List<K> leaving = underWay.keySet().stream().filter(left).toList();
    leaving.forEach(underWay::remove);
    return leaving;
  }
}
