package io.keypost.stack.command;

import static org.awaitility.Awaitility.await;

import io.keypost.client.KeypostClient;
import io.keypost.stack.Directories;
import io.keypost.stack.LocalStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Two providers, a message from one to the other and its answer, once after each build: from the
 * first the JVM learns what the services load, so that later starts take a part of the time.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description =
        "Starts two providers, sends a message and its answer, and remembers what services load.")
final class RehearseCommand implements Callable<Integer> {
  private static final String RECORDED = "rehearsal.test";
  private static final String OTHER = "partner.test";
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @Override
  public Integer call() throws IOException {
    var root =
        Path.of(System.getProperty("keypost.root", ""), "target", "rehearsal").toAbsolutePath();
    Directories.delete(root);
    try (var stack =
        LocalStack.builder()
            .directory(root)
            .providers(RECORDED, OTHER)
            .recordStarts(RECORDED)
            .start()) {
      exchange(stack);
    }
    Directories.delete(root);
    return 0;
  }

  /** Out of the recorded provider and into it, so that it learns both ways of a transfer. */
  private static void exchange(LocalStack stack) throws IOException {
    List<KeypostClient> users = stack.enrol(List.of("one@" + RECORDED, "two@" + OTHER));
    sendAndRead(users.getFirst(), users.getLast());
    sendAndRead(users.getLast(), users.getFirst());
  }

  private static void sendAndRead(KeypostClient sender, KeypostClient reader) {
    sender.send(
        "Subject: rehearsal\r\n\r\nOne, two.\r\n".getBytes(StandardCharsets.US_ASCII),
        reader.address());
    await("its message").atMost(PATIENCE).until(() -> !reader.fetch().isEmpty());
    reader.fetched().forEach(reader::read);
    await("its outcome")
        .atMost(PATIENCE)
        .until(() -> sender.outcomes().stream().anyMatch(outcome -> outcome.state().isFinal()));
  }
}
