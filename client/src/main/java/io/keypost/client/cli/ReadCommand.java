package io.keypost.client.cli;

import io.keypost.client.FetchedMessage;
import io.keypost.client.KeypostClient;
import io.keypost.client.ReadMessage;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description = "Decrypts a fetched message, verifies all of it and shows what was found.")
final class ReadCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "From keypost fetch (default: the newest).")
  private @Nullable String id;

  @Option(
      names = "--raw",
      description = "Writes the message octet for octet, and nothing else, to standard output.")
  private boolean raw;

  ReadCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    try (KeypostClient client = options.open(environment)) {
      ReadMessage message = client.read(choose(client.fetched()));
      if (raw) {
        environment.write(message.mime());
      } else {
        tell(message);
      }
      // With --raw too: they are for whoever runs this.
      message
          .warnings()
          .forEach(
              warning -> environment.err().println("WARNING: " + MessageView.printable(warning)));
    }
    return KeypostCommand.DONE;
  }

  private FetchedMessage choose(List<FetchedMessage> fetched) {
    return fetched.stream()
        .filter(message -> id == null || message.id().equals(id))
        .reduce((earlier, later) -> later)
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.NOT_FOUND,
                    id == null
                        ? "no message was fetched: run keypost fetch"
                        : "no message " + id + " was fetched"));
  }

  private void tell(ReadMessage message) {
    environment.say(
        "Authentic: from "
            + message.envelope().sender().shown()
            + " to "
            + message.envelope().recipient().shown());
    if (!message.envelope().addressedAs().equals(message.envelope().recipient())) {
      environment.say(
          "written to " + message.envelope().addressedAs().shown() + ", which points at you");
    }
    message.checks().forEach(check -> environment.say("  ok  " + check));
    environment.say("");
    MessageView.lines(message.mime()).forEach(environment::say);
  }
}
