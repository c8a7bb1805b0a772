package io.keypost.directory.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Answers that are good for a time and are then asked for again: DNS answers, key sets. A failure
 * is not kept. Bounded in size; time is the given clock's.
 */
public final class TimedCache<K, V> {
  /** An answer and how long it is good. */
  public record Timed<V>(V value, Duration goodFor) {}

  private record Entry<V>(V value, Instant goodUntil) {}

  private final InstantSource clock;
  private final Cache<K, Entry<V>> entries;
  private final Joined<K, V> joined = new Joined<>();

  /** Keeps at most {@code maxEntries}. */
  public TimedCache(InstantSource clock, int maxEntries) {
    this.clock = clock;
    this.entries = Caffeine.newBuilder().maximumSize(maxEntries).build();
  }

  /** What is kept for {@code key} and still good. */
  public Optional<V> ifPresent(K key) {
    Entry<V> entry = entries.getIfPresent(key);
    return entry != null && clock.instant().isBefore(entry.goodUntil)
        ? Optional.of(entry.value)
        : Optional.empty();
  }

  /** What is kept for {@code key}, or what {@code ask} finds. */
  public CompletableFuture<V> get(K key, Supplier<CompletionStage<Timed<V>>> ask) {
    Optional<V> kept = ifPresent(key);
    if (kept.isPresent()) {
      return CompletableFuture.completedFuture(kept.get());
    }
    return joined.join(
        key,
        _ ->
            ask.get()
                .thenApply(
                    timed -> {
                      put(key, timed.value, timed.goodFor);
                      return timed.value;
                    }));
  }

  /** Keeps {@code value} from now on. */
  public void put(K key, V value, Duration goodFor) {
    entries.put(key, new Entry<>(value, clock.instant().plus(goodFor)));
  }

  /** Asks again next time. */
  public void forget(K key) {
    entries.invalidate(key);
  }
}
