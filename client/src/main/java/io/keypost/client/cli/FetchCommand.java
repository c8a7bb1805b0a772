package io.keypost.client.cli;

import io.keypost.client.FetchedMessage;
import io.keypost.client.KeypostClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description =
        "Fetches new messages, sealed as they are, into the home, and lists all that is there.")
final class FetchCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  FetchCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    try (KeypostClient client = options.open(environment)) {
      List<FetchedMessage> messages = client.fetch();
      for (FetchedMessage message : messages) {
        environment.say(
            message.id()
                + "  "
                + message.receivedAt()
                + "  "
                + message.signed().envelope().payloadSize()
                + " octets, claims to be from "
                + message.signed().envelope().sender().shown());
      }
      environment.say(
          messages.isEmpty()
              ? "No messages."
              : "Who a message is from, and what it says, is verified whenever keypost read ID"
                  + " shows it.");
    }
    return KeypostCommand.DONE;
  }
}
