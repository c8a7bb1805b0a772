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
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
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
   * @param refreshAfter how long it need not be asked for anew, or half of what is left of its life
   *     if that is shorter
   * @param goodUntil its end of life
   */
  public record Fetched<V>(V value, Duration refreshAfter, Instant goodUntil) {}

  /**
   * What is kept.
   *
   * @param askedAt when the look-up that brought it began: it may not know of anything later
   */
  private record Entry<V>(V value, Instant askedAt, Instant refreshAt, Instant goodUntil) {
    /** To be asked for anew, whoever wants it. */
    Entry<V> stale(Instant now) {
      return new Entry<>(value, Instant.MIN, now, goodUntil);
    }

    /** Its life is over, if it was not before. */
    Entry<V> ended(Instant now) {
      return new Entry<>(value, Instant.MIN, now, now.isBefore(goodUntil) ? now : goodUntil);
    }
  }

  private record Failure(RefusedException refusal, Instant repeatAt) {}

  /** Where a record comes from, verified; fails with {@link RefusedException}. */
  @FunctionalInterface
  public interface Source<K, V> extends Function<K, CompletionStage<Fetched<V>>> {}

  /** Is told of what happens to fetches; must not block. */
  public interface Listener<K, V> {
    /** A fetch failed; told once, not for each who waited for it. */
    void failed(K key, RefusedException refusal);

    /** Two verified records contradict each other under one {@code (gen, seq)}. */
    void equivocates(K key, V kept, V fetched);
  }

  private final InstantSource clock;
  private final BiFunction<V, V, Succession> order;
  private final Listener<K, V> listener;
  private final Cache<K, Entry<V>> entries;
  private final Cache<K, Failure> failures;
  private final Joined<K, Entry<V>> joined = new Joined<>();

  /**
   * An empty cache.
   *
   * @param order compares the kept record with the fetched one; may refuse the latter
   * @param maxEntries most records that are kept
   * @param listener told of what happens
   */
  public RecordCache(
      InstantSource clock,
      BiFunction<V, V, Succession> order,
      int maxEntries,
      Listener<K, V> listener) {
    this.listener = listener;
    this.clock = clock;
    this.order = order;
    this.entries = Caffeine.newBuilder().maximumSize(maxEntries).build();
    this.failures = Caffeine.newBuilder().maximumSize(maxEntries).build();
  }

  /**
   * The record of {@code key}: the kept one while it is fresh, else a new one, else the kept one to
   * its end of life.
   *
   * @param source fetches and verifies; fails with {@link RefusedException}
   * @return completes exceptionally with what the source refused; {@code record_expired} when there
   *     was a record and its life has ended
   */
  public CompletableFuture<V> get(K key, Source<K, V> source) {
    Instant now = clock.instant();
    Entry<V> kept = entries.getIfPresent(key);
    if (kept != null && now.isBefore(kept.refreshAt) && now.isBefore(kept.goodUntil)) {
      return CompletableFuture.completedFuture(kept.value);
    }
    Failure failure = failures.getIfPresent(key);
    if (failure != null && now.isBefore(failure.repeatAt)) {
      return keptOr(kept, failure.refusal, now);
    }
    return fetch(key, source)
        .thenApply(Entry::value)
        .exceptionallyCompose(
            error -> keptOr(entries.getIfPresent(key), refusalOf(error), clock.instant()));
  }

  /**
   * A record whose look-up did not begin before {@code earliest}: for whoever is about to refuse
   * because of what a kept record does not say. A fetch that fails is not bridged by the kept
   * record.
   */
  public CompletableFuture<V> getFetchedSince(K key, Instant earliest, Source<K, V> source) {
    Instant now = clock.instant();
    Entry<V> kept = entries.getIfPresent(key);
    if (kept != null && !kept.askedAt.isBefore(earliest) && now.isBefore(kept.goodUntil)) {
      return CompletableFuture.completedFuture(kept.value);
    }
    Failure failure = failures.getIfPresent(key);
    if (failure != null && now.isBefore(failure.repeatAt)) {
      return CompletableFuture.failedFuture(failure.refusal);
    }
    return fetch(key, source)
        // What was joined may have begun too early; what is joined after its end has not.
        .thenCompose(
            found ->
                found.askedAt.isBefore(earliest)
                    ? fetch(key, source)
                    : CompletableFuture.completedFuture(found))
        .thenApply(Entry::value)
        .exceptionallyCompose(error -> CompletableFuture.failedFuture(refusalOf(error)));
  }

  /** Asks for the record anew when it is next wanted; the kept one stays to its end of life. */
  public void refresh(K key) {
    Instant now = clock.instant();
    entries.asMap().computeIfPresent(key, (_, kept) -> kept.stale(now));
  }

  /**
   * Asks for the records of these keys anew when they are next wanted, whatever is under way; if
   * that fails, the kept one is good to its end of life.
   */
  public void markStale(Predicate<K> stale) {
    mark(stale, Entry::stale);
  }

  /**
   * As {@link #markStale}, but for records that are known to say something else by now: if asking
   * fails, the kept one is not given out.
   */
  public void markOutdated(Predicate<K> outdated) {
    mark(outdated, Entry::ended);
  }

  private void mark(Predicate<K> marks, BiFunction<Entry<V>, Instant, Entry<V>> marking) {
    // Left first: what an earlier question brings from now on is not kept (see take). Whoever was
    // just keeping it is waited for by the same key's computation below.
    Set<K> marked = new HashSet<>(joined.leave(marks));
    failures.asMap().keySet().removeIf(marks);
    entries.asMap().keySet().stream().filter(marks).forEach(marked::add);
    Instant now = clock.instant();
    marked.forEach(
        key -> entries.asMap().computeIfPresent(key, (_, kept) -> marking.apply(kept, now)));
  }

  /** What is kept for {@code key} and still good, fresh or not. */
  public Optional<V> kept(K key) {
    Entry<V> kept = entries.getIfPresent(key);
    return kept != null && clock.instant().isBefore(kept.goodUntil)
        ? Optional.of(kept.value)
        : Optional.empty();
  }

  private CompletableFuture<Entry<V>> fetch(K key, Source<K, V> source) {
    return joined.join(key, overtaken -> ask(key, source, overtaken));
  }

  private CompletionStage<Entry<V>> ask(K key, Source<K, V> source, BooleanSupplier overtaken) {
    Instant began = clock.instant();
    return CompletableFuture.completedFuture(key)
        .thenCompose(source)
        .thenApply(fetched -> take(key, fetched, began, overtaken))
        .exceptionallyCompose(
            error -> CompletableFuture.failedFuture(failed(key, refusalOf(error), overtaken)));
  }

  private RefusedException failed(K key, RefusedException refusal, BooleanSupplier overtaken) {
    listener.failed(key, refusal);
    if (!overtaken.getAsBoolean()) {
      failures.put(key, new Failure(refusal, clock.instant().plus(FAILURE_MEMORY)));
    }
    return refusal;
  }

  /**
   * Keeps what was fetched, but not what was asked for before a change that is known by now: that
   * is for those who wait for it, and for nobody later.
   */
  private Entry<V> take(K key, Fetched<V> fetched, Instant began, BooleanSupplier overtaken) {
    Instant now = clock.instant();
    Entry<V> taken =
        new Entry<>(fetched.value, began, now.plus(refreshAfter(fetched, now)), fetched.goodUntil);
    Entry<V> kept =
        entries
            .asMap()
            .compute(
                key,
                (k, known) ->
                    overtaken.getAsBoolean()
                        ? known
                        : known == null ? taken : successor(k, known, taken));
    if (kept == null) {
      return taken;
    }
    if (!overtaken.getAsBoolean()) {
      return kept;
    }
    // The question that was asked after the change may have been answered first.
    return order.apply(kept.value, taken.value) == Succession.OLDER
        ? kept
        : successor(key, kept, taken);
  }

  /** A record that ends soon is asked for anew well before. */
  private static <V> Duration refreshAfter(Fetched<V> fetched, Instant now) {
    Duration half = Duration.between(now, fetched.goodUntil).dividedBy(2);
    Duration soon = half.compareTo(FAILURE_MEMORY) < 0 ? FAILURE_MEMORY : half;
    return soon.compareTo(fetched.refreshAfter) < 0 ? soon : fetched.refreshAfter;
  }

  private Entry<V> successor(K key, Entry<V> kept, Entry<V> taken) {
    return switch (order.apply(kept.value, taken.value)) {
      case NEWER, RENEWED -> taken;
      // An earlier signing of the same content has an earlier end: the kept one stays.
      case KNOWN ->
          taken.goodUntil.isBefore(kept.goodUntil)
              ? new Entry<>(kept.value, taken.askedAt, taken.refreshAt, kept.goodUntil)
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
