package io.keypost.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Asks a service's management port how it is. */
public final class Probes {

  /** Whether it takes work. */
  public static final String READY = "/q/health/ready";

  /** Whether it runs. */
  public static final String LIVE = "/q/health/live";

  /** Prometheus page. */
  public static final String METRICS = "/q/metrics";

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
  private static final int LOG_LINES = 40;
  private static final int HTTP_OK = 200;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_TIMEOUT)
          .build();

  private Probes() {}

  /** Whether a probe of the service with this management port says yes now. */
  public static boolean isUp(URI management, String probe) {
    try {
      return get(management, probe).status() == HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** What came back. */
  public record Response(int status, String body) {}

  /**
   * Asks once.
   *
   * @throws IOException if there is no answer within five seconds
   */
  public static Response get(URI management, String path) throws IOException {
    var request = HttpRequest.newBuilder(management.resolve(path)).timeout(ANSWER_TIMEOUT).build();
    try {
      var response = CLIENT.send(request, BodyHandlers.ofString());
      return new Response(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  static void await(ServiceProcess service, String probe, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    var last = "no answer";
    while (System.nanoTime() < deadline) {
      if (!service.isAlive()) {
        throw new IllegalStateException(service + " ended:\n" + endOfLog(service.logFile()));
      }
      try {
        var response = get(service.managementUri(), probe);
        if (response.status() == HTTP_OK) {
          return;
        }
        last = response.body();
      } catch (IOException e) {
        last = e.toString();
      }
      pause();
    }
    throw new IllegalStateException(
        "%s was not ready within %d s: %s%n%s"
            .formatted(service, atMost.toSeconds(), last, endOfLog(service.logFile())));
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Resident set of a process in octets; 0 where the system does not say (Linux does). */
  public static long residentOctets(long pid) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .map(kibibytes -> kibibytes * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  static String endOfLog(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }
}
