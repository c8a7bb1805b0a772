package io.keypost.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The images and docker-compose.yml, tried by the script that people can run too. */
class ComposeTest {
  /** What the script exits with where no Docker engine answers. */
  private static final int SKIPPED = 77;

  /** The script gives up by itself before this; images may have to be pulled. */
  private static final long DEADLINE_MINUTES = 20;

  @Test
  void twoProvidersInContainersExchangeAMessage() throws Exception {
    Path root = Path.of(System.getProperty("keypost.root"));
    Process script =
        new ProcessBuilder(root.resolve("e2e-tests/compose-test.sh").toString())
            .directory(root.toFile())
            .redirectErrorStream(true)
            .start();
    List<String> said = Collections.synchronizedList(new ArrayList<>());
    Thread listener = Thread.ofVirtual().start(() -> listen(script, said));
    try {
      assertThat(script.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)).as("%s", said).isTrue();
      listener.join();
    } finally {
      // SIGTERM: the script takes its containers down.
      script.destroy();
    }
    if (script.exitValue() == SKIPPED) {
      abort(String.join("\n", said));
    }
    assertThat(script.exitValue()).as("%s", String.join("\n", said)).isZero();
  }

  private static void listen(Process script, List<String> said) {
    try (BufferedReader lines = script.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        // Aloud, as it comes: that it skips, and where it is.
        System.out.println(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
