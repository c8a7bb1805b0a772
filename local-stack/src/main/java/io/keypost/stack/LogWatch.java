package io.keypost.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reads the services' logs while they grow and tells of every error at once. One thread for all of
 * them.
 */
final class LogWatch implements AutoCloseable {

  private static final Duration EVERY = Duration.ofMillis(250);

  private static final Duration LAST_READ = Duration.ofSeconds(2);

  /** Read at a time from one log. */
  private static final int MAX_OCTETS = 1 << 20;

  private static final int MAX_REPORTED_CHARACTERS = 400;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Consumer<String> report;
  private final Map<Path, Position> logs = new ConcurrentHashMap<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread watching;

  private record Position(String service, long offset) {}

  LogWatch(Consumer<String> report) {
    this.report = report;
    this.watching = Thread.ofPlatform().daemon().name("log-watch").start(this::watch);
  }

  /** Follows a log from where it ends now. */
  void follow(String service, Path log) throws IOException {
    logs.putIfAbsent(log, new Position(service, Files.exists(log) ? Files.size(log) : 0));
  }

  private void watch() {
    try {
      while (!end.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        logs.replaceAll(this::readNew);
      }
      logs.replaceAll(this::readNew);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Position readNew(Path log, Position from) {
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      var fresh = new byte[(int) Math.min(file.length() - from.offset(), MAX_OCTETS)];
      file.seek(from.offset());
      file.readFully(fresh);
      var text = new String(fresh, StandardCharsets.UTF_8);
      int complete = text.lastIndexOf('\n') + 1;
      text.substring(0, complete)
          .lines()
          .map(LogWatch::errorIn)
          .flatMap(Optional::stream)
          .forEach(error -> report.accept(from.service() + ": " + error));
      var octets = text.substring(0, complete).getBytes(StandardCharsets.UTF_8).length;
      // A piece without a line's end is not read again for ever.
      return new Position(
          from.service(),
          from.offset() + (complete == 0 && fresh.length == MAX_OCTETS ? MAX_OCTETS : octets));
    } catch (IOException e) {
      return from;
    }
  }

  /**
   * What an error line says: JSON once the service logs, plain text where the JVM itself complains.
   */
  static Optional<String> errorIn(String line) {
    if (line.startsWith("{")) {
      try {
        var entry = JSON.readTree(line);
        var level = entry.path("level").asText();
        return level.equals("ERROR") || level.equals("FATAL")
            ? Optional.of(shortened(level + " " + entry.path("message").asText()))
            : Optional.empty();
      } catch (JsonProcessingException e) {
        return Optional.empty();
      }
    }
    return line.contains("ERROR")
            || line.startsWith("Exception in thread")
            || line.startsWith("Error: ")
        ? Optional.of(shortened(line))
        : Optional.empty();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_REPORTED_CHARACTERS
        ? text
        : text.substring(0, MAX_REPORTED_CHARACTERS) + " ...";
  }

  /** Tells of what is in the logs by now, and of nothing that comes after. */
  @Override
  public void close() {
    end.countDown();
    try {
      watching.join(LAST_READ);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
