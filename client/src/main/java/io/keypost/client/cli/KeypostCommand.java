package io.keypost.client.cli;

import io.keypost.protocol.refusal.RefusedException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line's entrance. */
@Command(
    name = "keypost",
    mixinStandardHelpOptions = true,
    description =
        "Mail between domains: always encrypted end to end, always signed, never relayed.",
    footer = {
      "",
      "Exit status: 0 done, 1 refused, 2 wrong usage, 75 temporary failure.",
      "The passphrase comes from --passphrase-file, the variable KEYPOST_PASSPHRASE or the"
          + " terminal."
    })
public final class KeypostCommand implements Runnable {
  static final int DONE = 0;
  static final int REFUSED = 1;
  static final int WRONG_USAGE = 2;

  /** EX_TEMPFAIL of sysexits. */
  static final int TEMPORARY = 75;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command line and exits with its status. */
  public static void main(String[] arguments) {
    // A command says what it does itself; libraries speak up when something is wrong.
    Logger.getLogger("").setLevel(Level.WARNING);
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int status =
        run(
            new Environment(
                InstantSource.system(),
                new SecureRandom(),
                System.in,
                out,
                err,
                System.getenv(),
                Terminal.ofProcess()),
            arguments);
    out.flush();
    System.exit(status);
  }

  static int run(Environment environment, String... arguments) {
    CommandLine line = line(environment);
    line.setOut(new PrintWriter(environment.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(environment.err(), true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(
        (e, command, result) ->
            explain(environment, e, command.getCommandSpec().qualifiedName(" ")));
    return line.execute(arguments);
  }

  /** All commands with their options. */
  static CommandLine line(Environment environment) {
    CommandLine line =
        new CommandLine(new KeypostCommand())
            .addSubcommand(RootCommands.all(environment))
            .addSubcommand(OperatorCommands.all(environment))
            .addSubcommand(ServerCommands.all(environment))
            .addSubcommand(new ConfigCommand(environment))
            .addSubcommand(new EnrolCommand(environment))
            .addSubcommand(DeviceCommands.all(environment))
            .addSubcommand(KeyCommands.all(environment))
            .addSubcommand(new RecoverCommand(environment))
            .addSubcommand(new WhoisCommand(environment))
            .addSubcommand(AliasCommands.all(environment))
            .addSubcommand(new SendCommand(environment))
            .addSubcommand(new FetchCommand(environment))
            .addSubcommand(new ReadCommand(environment))
            .addSubcommand(new OutcomesCommand(environment));
    sayVersion(line);
    return line;
  }

  /** Every command has the option {@code --version}: that of the program. */
  private static void sayVersion(CommandLine line) {
    line.getCommandSpec().versionProvider(new Version());
    line.getSubcommands().values().forEach(KeypostCommand::sayVersion);
  }

  private static int explain(Environment environment, Exception error, String command) {
    environment.out().flush();
    if (environment.variables().containsKey(Environment.TRACE_VARIABLE)) {
      error.printStackTrace(environment.err());
    }
    return switch (error) {
      case RefusedException refused -> {
        say(
            environment,
            refused.code().wire(),
            refused.refusal().detail(),
            Advice.of(refused.refusal(), command));
        yield refused.isTemporary() ? TEMPORARY : REFUSED;
      }
      case IllegalArgumentException wrong when wrong.getMessage() != null -> {
        say(environment, "wrong_usage", wrong.getMessage(), "");
        yield WRONG_USAGE;
      }
      default -> {
        Failure failure = Failure.of(error);
        say(environment, failure.code(), failure.detail(), failure.advice());
        yield REFUSED;
      }
    };
  }

  private static void say(Environment environment, String code, String detail, String advice) {
    environment.err().println("keypost: " + code + ": " + MessageView.printable(detail));
    if (!advice.isEmpty()) {
      environment.err().println(advice);
    }
  }

  /** Without a word there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }
}
