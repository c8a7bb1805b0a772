package io.keypost.stack.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.stack.LocalStack;
import io.keypost.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the services' own logs say about one message, in the order in which it happened. */
final class Trail {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Trail() {}

  /**
   * One line of a service's log.
   *
   * @param service provider and service
   */
  record Entry(Instant at, String service, String text) {}

  /**
   * @param messageId as the logs carry it: base64url
   */
  static List<Entry> of(LocalStack stack, String messageId) throws IOException {
    var entries = new ArrayList<Entry>();
    for (var service : stack.services()) {
      try (var lines = Files.lines(service.logFile())) {
        lines
            .filter(line -> line.contains(messageId))
            .map(line -> entry(service, line, messageId))
            .flatMap(Optional::stream)
            .forEach(entries::add);
      }
    }
    entries.sort(Comparator.comparing(Entry::at));
    return entries;
  }

  private static Optional<Entry> entry(ServiceProcess service, String line, String messageId) {
    try {
      JsonNode node = JSON.readTree(line);
      boolean about =
          messageId.equals(node.path("messageId").asText())
              || messageId.equals(node.path("mdc").path("messageId").asText());
      return about
          ? Optional.of(
              new Entry(
                  OffsetDateTime.parse(node.path("timestamp").asText()).toInstant(),
                  service.toString(),
                  node.path("message").asText()))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      // A line that is still being written.
      return Optional.empty();
    }
  }
}
