package io.keypost.stack.command;

import static org.awaitility.Awaitility.await;

import io.keypost.client.KeypostClient;
import io.keypost.stack.Directories;
import io.keypost.stack.LocalStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * One provider, one message, once after each build: from it the JVM learns what the services load,
 * so that later starts take a part of the time.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Starts one provider, sends one message and remembers what the services load.")
final class RehearseCommand implements Callable<Integer> {
  private static final String OPERATOR = "rehearsal.test";
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @Override
  public Integer call() throws IOException {
    var root =
        Path.of(System.getProperty("keypost.root", ""), "target", "rehearsal").toAbsolutePath();
    Directories.delete(root);
    try (var stack =
        LocalStack.builder()
            .directory(root)
            .providers(OPERATOR)
            .recordStarts()
            .report(RehearseCommand::tell)
            .start()) {
      exchange(stack);
      tell("a message has crossed; the services end and write down what they loaded");
    }
    Directories.delete(root);
    return 0;
  }

  /** The mark tells progress, which ./keypost shows, from what libraries may print. */
  private static void tell(String line) {
    System.out.println("> " + line);
  }

  private static void exchange(LocalStack stack) {
    KeypostClient sender = stack.enrol("sender@" + OPERATOR);
    KeypostClient reader = stack.enrol("reader@" + OPERATOR);
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
