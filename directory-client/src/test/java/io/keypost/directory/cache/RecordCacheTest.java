package io.keypost.directory.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.directory.Refusals;
import io.keypost.directory.cache.RecordCache.Fetched;
import io.keypost.directory.testing.SettableClock;
import io.keypost.protocol.record.Succession;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is kept, for how long, and what may take its place; records are numbers, by their seq. */
class RecordCacheTest {
  private static final Duration REFRESH = Duration.ofMinutes(1);
  private static final Duration LIFE = Duration.ofHours(24);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_ENTRIES = 100;

  private final SettableClock clock = new SettableClock(Instant.ofEpochSecond(1_790_000_000));
  private final List<CompletableFuture<Fetched<Integer>>> asked = new ArrayList<>();
  private final List<RefusalCode> failures = new ArrayList<>();
  private final RecordCache<String, Integer> cache =
      new RecordCache<>(
          clock,
          RecordCacheTest::order,
          MAX_ENTRIES,
          new RecordCache.Listener<>() {
            @Override
            public void failed(String key, RefusedException refusal) {
              failures.add(refusal.code());
            }

            @Override
            public void equivocates(String key, Integer kept, Integer fetched) {
              throw new AssertionError("numbers never do");
            }
          });

  private CompletableFuture<Integer> get(String key) {
    return cache.get(key, this::ask);
  }

  private CompletableFuture<Integer> getSince(Instant earliest) {
    return cache.getFetchedSince("a", earliest, this::ask);
  }

  private CompletableFuture<Fetched<Integer>> ask(String key) {
    CompletableFuture<Fetched<Integer>> answer = new CompletableFuture<>();
    asked.add(answer);
    return answer;
  }

  private static Succession order(int kept, int fetched) {
    if (kept == fetched) {
      return Succession.KNOWN;
    }
    return kept < fetched ? Succession.NEWER : Succession.OLDER;
  }

  private void answer(int question, int seq) {
    answer(question, seq, clock.instant().plus(LIFE));
  }

  private void answer(int question, int seq, Instant goodUntil) {
    asked.get(question).complete(new Fetched<>(seq, REFRESH, goodUntil));
  }

  private void fail(int question) {
    asked
        .get(question)
        .completeExceptionally(RefusedException.of(RefusalCode.DIRECTORY_UNAVAILABLE, "away"));
  }

  private void keep(int seq) {
    CompletableFuture<Integer> first = get("a");
    answer(0, seq);
    assertThat(first.join()).isEqualTo(seq);
  }

  private static RefusalCode codeOf(CompletableFuture<Integer> failed) {
    assertThat(failed).isCompletedExceptionally();
    return Refusals.of(failed.exceptionNow()).code();
  }

  @Test
  void whatIsFreshIsNotAskedForAndWhatIsNotIsAskedForOnceByAll() {
    keep(1);
    assertThat(get("a").join()).isEqualTo(1);
    assertThat(asked).hasSize(1);

    clock.pass(REFRESH);
    List<CompletableFuture<Integer>> all = IntStream.range(0, 10).mapToObj(_ -> get("a")).toList();
    assertThat(asked).hasSize(2);
    answer(1, 2);
    assertThat(all).allSatisfy(found -> assertThat(found.join()).isEqualTo(2));
  }

  @Test
  void aBurstOfAskersForOneNewNameIsOneQuestion() throws Exception {
    int burst = 10_000;
    List<Future<CompletableFuture<Integer>>> asking;
    try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
      asking = IntStream.range(0, burst).mapToObj(_ -> askers.submit(() -> get("new"))).toList();
    }
    assertThat(asked).hasSize(1);

    answer(0, 1);

    for (Future<CompletableFuture<Integer>> each : asking) {
      assertThat(each.get().join()).isEqualTo(1);
    }
  }

  @Test
  void whatWasAskedBeforeAChangeIsForThoseWhoWaitForItAndIsNotKept() {
    CompletableFuture<Integer> before = get("a");
    cache.markStale("a"::equals);
    CompletableFuture<Integer> after = get("a");
    assertThat(asked).as("asked anew and not joined").hasSize(2);

    answer(0, 1);
    assertThat(before.join()).isEqualTo(1);
    assertThat(cache.kept("a")).isEmpty();
    answer(1, 2);
    assertThat(after.join()).isEqualTo(2);
    assertThat(get("a").join()).isEqualTo(2);
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatWasAskedBeforeAChangeLeavesWhatIsKeptToBeAskedForAnew() {
    keep(1);
    clock.pass(REFRESH);
    CompletableFuture<Integer> before = get("a");
    cache.markStale("a"::equals);
    answer(1, 1);
    assertThat(before.join()).isEqualTo(1);

    CompletableFuture<Integer> after = get("a");
    assertThat(asked).hasSize(3);
    answer(2, 2);

    assertThat(after.join()).isEqualTo(2);
  }

  @Test
  void anAnswerThatIsOvertakenByTheOneAfterAChangeIsNoRollBack() {
    CompletableFuture<Integer> before = get("a");
    cache.markStale("a"::equals);
    CompletableFuture<Integer> after = get("a");
    answer(1, 2);
    answer(0, 1);

    assertThat(after.join()).isEqualTo(2);
    assertThat(before.join()).as("the newer one is known by now").isEqualTo(2);
    assertThat(get("a").join()).isEqualTo(2);
    assertThat(asked).as("the newer one is fresh still").hasSize(2);
    assertThat(failures).isEmpty();
  }

  @Test
  void aFailureFromBeforeAChangeHoldsNobodyUp() {
    CompletableFuture<Integer> before = get("a");
    cache.markStale("a"::equals);
    fail(0);
    assertThat(codeOf(before)).isEqualTo(RefusalCode.DIRECTORY_UNAVAILABLE);

    CompletableFuture<Integer> after = get("a");
    answer(1, 2);

    assertThat(after.join()).isEqualTo(2);
  }

  @Test
  void aChangeIsAskedForByWhoeverWouldBeContentWithWhatIsKept() {
    Instant start = clock.instant();
    keep(1);
    cache.markStale("a"::equals);

    CompletableFuture<Integer> since = getSince(start);
    answer(1, 2);

    assertThat(since.join()).isEqualTo(2);
  }

  @Test
  void aLookUpThatBeganTooEarlyIsJoinedAndThenAskedAgainOnceByAll() {
    CompletableFuture<Integer> early = get("a");
    clock.pass(Duration.ofSeconds(1));
    List<CompletableFuture<Integer>> since =
        IntStream.range(0, 10).mapToObj(_ -> getSince(clock.instant())).toList();
    answer(0, 1);
    assertThat(early.join()).isEqualTo(1);
    assertThat(since).noneMatch(CompletableFuture::isDone);
    assertThat(asked).hasSize(2);

    answer(1, 2);

    assertThat(since).allSatisfy(found -> assertThat(found.join()).isEqualTo(2));
  }

  @Test
  @DisplayName("T08: a failed fetch, and an older record, leave the kept one to its end of life")
  void neitherAFailureNorAnOlderRecordReplacesAGoodOne() {
    keep(2);
    Instant end = clock.instant().plus(LIFE);
    cache.markStale("a"::equals);
    CompletableFuture<Integer> bridged = get("a");
    fail(1);
    assertThat(bridged.join()).isEqualTo(2);
    assertThat(get("a").join()).as("not asked again at once").isEqualTo(2);
    assertThat(asked).hasSize(2);

    clock.pass(RecordCache.FAILURE_MEMORY);
    CompletableFuture<Integer> older = get("a");
    answer(2, 1);
    assertThat(older.join()).isEqualTo(2);

    clock.pass(Duration.between(clock.instant(), end));
    CompletableFuture<Integer> ended = get("a");
    fail(3);
    assertThat(codeOf(ended)).isEqualTo(RefusalCode.RECORD_EXPIRED);
    assertThat(failures)
        .containsExactly(
            RefusalCode.DIRECTORY_UNAVAILABLE,
            RefusalCode.RECORD_ROLLED_BACK,
            RefusalCode.DIRECTORY_UNAVAILABLE);
  }

  @Test
  void aRecordThatEndsSoonIsAskedForBeforeAndNeverGivenOutAfter() {
    Instant end = clock.instant().plus(REFRESH.dividedBy(2));
    CompletableFuture<Integer> first = get("a");
    answer(0, 1, end);
    assertThat(first.join()).isEqualTo(1);
    assertThat(get("a").join()).isEqualTo(1);
    assertThat(asked).hasSize(1);

    clock.pass(REFRESH.dividedBy(4));
    CompletableFuture<Integer> bridged = get("a");
    fail(1);
    assertThat(bridged.join()).isEqualTo(1);

    clock.pass(REFRESH.dividedBy(4));
    CompletableFuture<Integer> ended = get("a");
    fail(2);
    assertThat(codeOf(ended)).isEqualTo(RefusalCode.RECORD_EXPIRED);
  }

  @Test
  void aRecordThatEndsAtOnceIsNotGivenOutUntilItsRefresh() {
    CompletableFuture<Integer> first = get("a");
    answer(0, 1, clock.instant().plusSeconds(1));
    assertThat(first.join()).isEqualTo(1);
    clock.pass(Duration.ofSeconds(1));

    CompletableFuture<Integer> second = get("a");
    answer(1, 2);

    assertThat(second.join()).isEqualTo(2);
  }

  @Test
  void aChangeOfAnotherNameDisturbsNothing() {
    keep(1);
    cache.markStale("b"::equals);

    assertThat(get("a").join()).isEqualTo(1);
    assertThat(asked).hasSize(1);
  }

  @Test
  void holdsItsSize() {
    int names = 20 * MAX_ENTRIES;
    for (int name = 0; name < names; name++) {
      CompletableFuture<Integer> found = get("name" + name);
      answer(name, name);
      assertThat(found.join()).isEqualTo(name);
    }

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                IntStream.range(0, names)
                        .filter(name -> cache.kept("name" + name).isPresent())
                        .count()
                    <= MAX_ENTRIES);
  }

  @Test
  void aSourceThatThrowsFailsTheLookUpAndNotTheCaller() {
    CompletableFuture<Integer> found =
        cache.get(
            "a",
            _ -> {
              throw RefusedException.of(RefusalCode.BUSY, "too many");
            });

    assertThat(codeOf(found)).isEqualTo(RefusalCode.BUSY);
    assertThat(failures).containsExactly(RefusalCode.BUSY);
  }
}
