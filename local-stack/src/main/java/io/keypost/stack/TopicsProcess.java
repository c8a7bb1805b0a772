package io.keypost.stack;

import io.keypost.stack.servers.JavaExecutable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@code keypost topics apply} for a provider: in a process, so that Kafka's client stays out
 * of this one.
 */
final class TopicsProcess {

  private static final Duration TIMEOUT = Duration.ofSeconds(120);
  private static final String COMMAND = "io.keypost.events.command.TopicsCommand";

  private TopicsProcess() {}

  static void apply(Provider provider) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                List.of(
                    JavaExecutable.path(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    COMMAND,
                    "apply",
                    "--config",
                    provider.configFile().toString()))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log(provider).toFile())
            .start();
    if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new IOException("the topics were not made within " + TIMEOUT.toSeconds() + " s");
    }
    if (process.exitValue() != 0) {
      throw new IOException("the topics were not made:\n" + Probes.endOfLog(log(provider)));
    }
  }

  private static Path log(Provider provider) throws IOException {
    var log = provider.layout().directory().resolve("logs").resolve("topics.log");
    Files.createDirectories(log.getParent());
    return log;
  }
}
