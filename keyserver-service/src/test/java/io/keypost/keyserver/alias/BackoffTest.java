package io.keypost.keyserver.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  @ParameterizedTest
  @CsvSource({"0, 5", "1, 10", "2, 20", "3, 40", "4, 60", "5, 60", "2147483647, 60"})
  void eachFailureWaitsTwiceAsLongToAnHourAtMostAndNotAllTheSame(int failures, int minutes) {
    Duration whole = Duration.ofMinutes(minutes);
    SplittableRandom random = new SplittableRandom(1);

    List<Duration> waits =
        Stream.generate(() -> Backoff.after(failures, random)).limit(50).distinct().toList();

    assertThat(waits)
        .hasSizeGreaterThan(40)
        .allSatisfy(wait -> assertThat(wait).isBetween(whole.dividedBy(2), whole));
  }
}
