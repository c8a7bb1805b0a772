package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.SendPolicy;
import io.keypost.client.SentMessage;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.mime.ForeignHeaders;
import io.keypost.client.mime.MessageFile;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Sends an RFC 5322 message, octet for octet; sealed for each recipient apart.")
final class SendCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The message (default: standard input).")
  private @Nullable Path file;

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      description = "Recipient, may be repeated (default: the message's To and Cc).")
  private List<String> to = new ArrayList<>();

  @Option(
      names = "--accept-change",
      description =
          "Use a key or pointer that the remembered key did not sign: you have asked by another"
              + " way.")
  private boolean acceptChange;

  SendCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    options.requireReady(environment);
    if (file != null) {
      return send(file, file.toString());
    }
    if (environment.terminal().isPresent()) {
      environment.err().println("Reading the message from the terminal: Ctrl-D ends it.");
    }
    Path spooled = PrivateFiles.temporary(options.home(environment).directory().resolve("tmp"));
    try {
      Files.copy(environment.in(), spooled, StandardCopyOption.REPLACE_EXISTING);
      return send(spooled, "standard input");
    } finally {
      Files.deleteIfExists(spooled);
    }
  }

  /** What is wrong with the message is said before a passphrase is asked for. */
  private int send(Path message, String name) {
    Set<Address> recipients = recipients(MessageFile.header(message, name));
    try (KeypostClient client = options.open(environment)) {
      return send(client, message, recipients);
    }
  }

  private int send(KeypostClient client, Path message, Set<Address> recipients) {
    @Nullable RefusedException last = null;
    for (Address recipient : recipients) {
      try {
        SentMessage sent =
            client.send(
                message,
                recipient,
                acceptChange
                    ? SendPolicy.ACCEPT_UNSIGNED_CHANGE
                    : SendPolicy.REFUSE_UNSIGNED_CHANGE);
        environment.say(
            "accepted "
                + sent.messageId()
                + " for "
                + sent.recipient().shown()
                + (sent.recipient().equals(sent.addressedAs())
                    ? ""
                    : " (written to " + sent.addressedAs().shown() + ")"));
      } catch (RefusedException e) {
        if (recipients.size() > 1) {
          environment.say("refused for " + recipient.shown() + ": " + e.code().wire());
        }
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
    return KeypostCommand.DONE;
  }

  private Set<Address> recipients(ForeignHeaders header) {
    if (!to.isEmpty()) {
      Set<Address> said = new LinkedHashSet<>();
      to.forEach(address -> said.add(Address.parse(address)));
      return said;
    }
    if (!header.all("Bcc").isEmpty()) {
      throw RefusedException.of(
          RefusalCode.MESSAGE_MALFORMED,
          "the message has a Bcc field, which everyone who gets it would see: remove it and use"
              + " --to");
    }
    Set<Address> named = header.addresses("To", "Cc");
    if (named.isEmpty()) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_ADDRESS, "no recipient: the message has no To or Cc, use --to");
    }
    return named;
  }
}
