package io.keypost.client.cli;

import io.keypost.client.cli.OperatorCommands.Asking;
import io.keypost.client.operator.Administration;
import io.keypost.client.operator.ServerState;
import io.keypost.client.operator.ServerWish;
import io.keypost.protocol.address.MailDomain;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost operator server}: an operator's receiving servers. */
final class OperatorServerCommands {
  private static final String ROW = "%-12s %-32s %5s %8s %6s  %-10s %4s  %s";

  private OperatorServerCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec)
        .addSubcommand(new ListServers(environment))
        .addSubcommand(new Drain(environment))
        .addSubcommand(new Undrain(environment));
  }

  @Command(
      name = "server",
      mixinStandardHelpOptions = true,
      description = "Shows the receiving servers, and takes them out of service and back.",
      synopsisSubcommandLabel = "list|drain|undrain")
  private static final class Group {}

  private static void show(Environment environment, List<ServerState> servers) {
    environment.say(
        String.format(
            ROW, "pool", "host", "port", "priority", "weight", "state", "load", "last heartbeat"));
    for (ServerState server : servers) {
      environment.say(
          String.format(
              ROW,
              server.pool(),
              server.host(),
              server.port(),
              server.priority(),
              server.weight(),
              server.state(),
              server.load() + "%",
              Objects.requireNonNullElse(server.last_heartbeat(), "-")));
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Shows each receiving server: in_service, drained or silent.")
  private static final class ListServers extends Asking {
    ListServers(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      show(environment, administration.servers());
    }
  }

  private abstract static class Setting extends Asking {
    private final ServerWish wish;

    @Parameters(paramLabel = "HOST", description = "Which server.")
    private String host = "";

    @Option(
        names = "--port",
        paramLabel = "PORT",
        description = "Only the one there (default: all of that host).")
    private @Nullable Integer port;

    Setting(Environment environment, ServerWish wish) {
      super(environment);
      this.wish = wish;
    }

    @Override
    final void ask(Administration administration) {
      show(
          environment,
          administration.setServer(MailDomain.parse(host), Optional.ofNullable(port), wish));
    }
  }

  @Command(
      name = "drain",
      mixinStandardHelpOptions = true,
      description =
          "Nothing new goes to the server: peers see it within a minute, and it ends what it has.")
  private static final class Drain extends Setting {
    Drain(Environment environment) {
      super(environment, ServerWish.DRAINED);
    }
  }

  @Command(
      name = "undrain",
      mixinStandardHelpOptions = true,
      description = "The server takes new mail again.")
  private static final class Undrain extends Setting {
    Undrain(Environment environment) {
      super(environment, ServerWish.IN_SERVICE);
    }
  }
}
