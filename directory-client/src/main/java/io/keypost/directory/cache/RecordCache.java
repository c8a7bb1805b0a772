package io.keypost.directory.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.protocol.record.Succession;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified records of one kind.
 *
 * <pre>
 *   fetched            refreshAt                          goodUntil (the record's exp)
 *      |--- as it is ------|--- asked for anew; if that fails, as it is ---|--- fetch or refusal --->
 * </pre>
 *
 * A record past its end is no longer given out but still known, so that nothing older can take its
 * place. Bounded in size: what is used least is forgotten first, and is then fetched again.
 */
public final class RecordCache<K, V> {
  /** How long a failed fetch is not repeated: a dead key server costs one attempt in this time. */
  public static final Duration FAILURE_MEMORY = Duration.ofSeconds(5);

  /**
   * How long whoever asked should wait: one lost packet must not cost a message minutes. Who fails
   * again and again is asked less often by the stages' own retry delays.
   */
  public static final Duration REPEAT_AFTER = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RecordCache.class);

  /**
   * A verified record, fresh from its source.
   *
   * @param refreshAfter how long it need not be asked for anew
   * @param goodUntil its end of life
   */
  public record Fetched<V>(V value, Duration refreshAfter, Instant goodUntil) {}

  private record Entry<V>(V value, Instant fetchedAt, Instant refreshAt, Instant goodUntil) {}

  private record Failure(RefusedException refusal, Instant repeatAt) {}

  /** Is told of what happens to fetches; must not block. */
  public interface Listener<K, V> {
    /** A fetch failed; told once, not for each who waited for it. */
    void failed(K key, RefusedException refusal);

    /** Two verified records contradict each other under one {@code (gen, seq)}. */
    void equivocates(K key, V kept, V fetched);
  }

  private final InstantSource clock;
  private final Function<K, CompletionStage<Fetched<V>>> source;
  private final BiFunction<V, V, Succession> order;
  private final Listener<K, V> listener;
  private final Cache<K, Entry<V>> entries;
  private final Cache<K, Failure> failures;
  private final Joined<K, V> joined = new Joined<>();

  /**
   * An empty cache.
   *
   * @param source fetches and verifies; fails with {@link RefusedException}
   * @param order compares the kept record with the fetched one
   * @param maxEntries most records that are kept
   * @param listener told of what happens
   */
  public RecordCache(
      InstantSource clock,
      Function<K, CompletionStage<Fetched<V>>> source,
      BiFunction<V, V, Succession> order,
      int maxEntries,
      Listener<K, V> listener) {
    this.listener = listener;
    this.clock = clock;
    this.source = source;
    this.order = order;
    this.entries = Caffeine.newBuilder().maximumSize(maxEntries).build();
    this.failures = Caffeine.newBuilder().maximumSize(maxEntries).build();
  }

  /**
   * The record of {@code key}: the kept one while it is fresh, else a new one, else the kept one to
   * its end of life.
   *
   * @return completes exceptionally with what the source refused; {@code record_expired} when there
   *     was a record and its life has ended
   */
  public CompletableFuture<V> get(K key) {
    Instant now = clock.instant();
    Entry<V> kept = entries.getIfPresent(key);
    if (kept != null && now.isBefore(kept.refreshAt)) {
      return CompletableFuture.completedFuture(kept.value);
    }
    Failure failure = failures.getIfPresent(key);
    if (failure != null && now.isBefore(failure.repeatAt)) {
      return keptOr(kept, failure.refusal, now);
    }
    return fetch(key);
  }

  /**
   * A record that was not fetched before {@code earliest}: for whoever is about to refuse because
   * of what a kept record does not say. A fetch that fails is not bridged by the kept record.
   */
  public CompletableFuture<V> getFetchedSince(K key, Instant earliest) {
    Instant now = clock.instant();
    Entry<V> kept = entries.getIfPresent(key);
    if (kept != null && !kept.fetchedAt.isBefore(earliest) && now.isBefore(kept.goodUntil)) {
      return CompletableFuture.completedFuture(kept.value);
    }
    Failure failure = failures.getIfPresent(key);
    return failure != null && now.isBefore(failure.repeatAt)
        ? CompletableFuture.failedFuture(failure.refusal)
        : fetch(key, Failing.IS_SHOWN);
  }

  /** Asks for the record anew when it is next wanted; the kept one stays to its end of life. */
  public void markStale(K key) {
    Instant now = clock.instant();
    entries
        .asMap()
        .computeIfPresent(
            key, (k, kept) -> new Entry<>(kept.value, kept.fetchedAt, now, kept.goodUntil));
    failures.invalidate(key);
  }

  /** What is kept for {@code key}, fresh or not, dead or not. */
  public Optional<V> kept(K key) {
    return Optional.ofNullable(entries.getIfPresent(key)).map(Entry::value);
  }

  private enum Failing {
    IS_BRIDGED,
    IS_SHOWN
  }

  private CompletableFuture<V> fetch(K key) {
    return fetch(key, Failing.IS_BRIDGED);
  }

  private CompletableFuture<V> fetch(K key, Failing failing) {
    return joined
        .join(key, () -> fetchAndTake(key))
        .exceptionallyCompose(
            error -> {
              RefusedException refusal = refusalOf(error);
              Instant now = clock.instant();
              failures.put(key, new Failure(refusal, now.plus(FAILURE_MEMORY)));
              return switch (failing) {
                case IS_SHOWN -> CompletableFuture.failedFuture(refusal);
                case IS_BRIDGED -> keptOr(entries.getIfPresent(key), refusal, now);
              };
            });
  }

  private CompletionStage<V> fetchAndTake(K key) {
    return source
        .apply(key)
        .thenApply(fetched -> take(key, fetched))
        .whenComplete(
            (taken, error) -> {
              if (error != null) {
                listener.failed(key, refusalOf(error));
              }
            });
  }

  private V take(K key, Fetched<V> fetched) {
    Instant now = clock.instant();
    Entry<V> taken =
        new Entry<>(fetched.value, now, now.plus(fetched.refreshAfter), fetched.goodUntil);
    return entries
        .asMap()
        .compute(key, (k, kept) -> kept == null ? taken : successor(k, kept, taken))
        .value;
  }

  private Entry<V> successor(K key, Entry<V> kept, Entry<V> taken) {
    return switch (order.apply(kept.value, taken.value)) {
      case NEWER, RENEWED -> taken;
      // An earlier signing of the same content has an earlier end: the kept one stays.
      case KNOWN ->
          taken.goodUntil.isBefore(kept.goodUntil)
              ? new Entry<>(kept.value, taken.fetchedAt, taken.refreshAt, kept.goodUntil)
              : taken;
      case OLDER ->
          throw RefusedException.of(
              RefusalCode.RECORD_ROLLED_BACK,
              "the record of " + key + " is older than the one already verified");
      case EQUIVOCATES -> {
        LOG.error(
            "Two verified records of {} contradict each other under one gen and seq: {} and {}",
            key,
            kept.value,
            taken.value);
        listener.equivocates(key, kept.value, taken.value);
        throw RefusedException.of(
            RefusalCode.RECORD_EQUIVOCATES,
            "the record of " + key + " contradicts the one already verified");
      }
    };
  }

  private CompletableFuture<V> keptOr(
      @Nullable Entry<V> kept, RefusedException refusal, Instant now) {
    if (kept == null) {
      return CompletableFuture.failedFuture(refusal);
    }
    if (now.isBefore(kept.goodUntil)) {
      LOG.debug("A kept record stands in for a fetch that failed: {}", refusal.getMessage());
      return CompletableFuture.completedFuture(kept.value);
    }
    return CompletableFuture.failedFuture(
        new RefusedException(
            new Refusal.RetryAfter(
                RefusalCode.RECORD_EXPIRED,
                REPEAT_AFTER,
                "the last verified record ended at "
                    + kept.goodUntil
                    + "; "
                    + refusal.getMessage()),
            refusal));
  }

  private static RefusedException refusalOf(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof RefusedException refused) {
      return refused.refusal() instanceof Refusal.RetryAfter later
              && later.after().compareTo(REPEAT_AFTER) > 0
          ? new RefusedException(
              new Refusal.RetryAfter(later.code(), REPEAT_AFTER, later.detail()), refused)
          : refused;
    }
    LOG.error("A look-up failed in a way that is a fault of this program", cause);
    return RefusedException.of(RefusalCode.DIRECTORY_UNAVAILABLE, "the look-up failed", cause);
  }
}
