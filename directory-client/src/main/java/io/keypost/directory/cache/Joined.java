package io.keypost.directory.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Lets all who want the same thing at the same time share one piece of work. Holds no more than
 * what is under way.
 */
public final class Joined<K, V> {
  private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();

  /** Nothing is under way. */
  public Joined() {}

  /**
   * The result of the work on {@code key} that is under way, or else of {@code work}, which then
   * begins in this thread. Nobody can cancel it for the others.
   */
  public CompletableFuture<V> join(K key, Supplier<CompletionStage<V>> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> earlier = underWay.putIfAbsent(key, mine);
    if (earlier != null) {
      return earlier.copy();
    }
    CompletionStage<V> started;
    try {
      started = work.get();
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
}
