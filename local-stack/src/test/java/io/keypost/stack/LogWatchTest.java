package io.keypost.stack;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogWatchTest {

  private final LinkedBlockingQueue<String> reported = new LinkedBlockingQueue<>();

  @Test
  void reportsAnErrorAsSoonAsItsLineIsWhole(@TempDir Path directory) throws Exception {
    var log = directory.resolve("ingress.log");
    Files.writeString(log, "{\"level\":\"ERROR\",\"message\":\"of an earlier run\"}\n");
    try (var watch = new LogWatch(reported::add)) {
      watch.follow("alpha.test ingress", log);
      Files.writeString(
          log,
          "{\"level\":\"INFO\",\"message\":\"started ü\"}\n{\"level\":\"ERROR\",\"mess",
          APPEND);
      Files.writeString(log, "age\":\"Kafka is away\"}\n", APPEND);

      assertThat(reported.poll(20, TimeUnit.SECONDS))
          .isEqualTo("alpha.test ingress: ERROR Kafka is away");
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void tellsOfWhatWasLoggedBeforeItsEndAndOfNothingLater(@TempDir Path directory) throws Exception {
    var log = directory.resolve("delivery.log");
    var watch = new LogWatch(reported::add);
    watch.follow("beta.test delivery", log);
    Files.writeString(log, "{\"level\":\"ERROR\",\"message\":\"while it ran\"}\n", CREATE);
    watch.close();
    Files.writeString(log, "{\"level\":\"ERROR\",\"message\":\"while it ended\"}\n", APPEND);

    assertThat(reported).containsExactly("beta.test delivery: ERROR while it ran");
  }

  @Test
  void waitsForALogThatIsNotThereYet(@TempDir Path directory) throws Exception {
    var log = directory.resolve("late.log");
    try (var watch = new LogWatch(reported::add)) {
      watch.follow("beta.test router", log);
      Files.writeString(log, "Error: Unable to access jarfile\n", CREATE);

      assertThat(reported.poll(20, TimeUnit.SECONDS))
          .isEqualTo("beta.test router: Error: Unable to access jarfile");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"level\":\"INFO\",\"message\":\"an ERROR is only mentioned\"}",
        "{\"level\":\"WARN\",\"message\":\"slow\"}",
        "{broken",
        "started"
      })
  void leavesOtherLinesAlone(String line) {
    assertThat(LogWatch.errorIn(line)).isEmpty();
  }

  @Test
  void shortensAnEndlessError() {
    var line = "{\"level\":\"FATAL\",\"message\":\"" + "x".repeat(10_000) + "\"}";

    assertThat(LogWatch.errorIn(line))
        .hasValueSatisfying(text -> assertThat(text).hasSizeLessThan(500).endsWith("..."));
  }
}
