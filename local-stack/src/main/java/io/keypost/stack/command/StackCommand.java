package io.keypost.stack.command;

import io.keypost.stack.Probes;
import io.keypost.stack.demo.DemoCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The words of {@code ./keypost} that run a local stack. */
@Command(
    name = "./keypost",
    subcommands = {
      DemoCommand.class,
      StackCommand.Up.class,
      StackCommand.Supervise.class,
      RehearseCommand.class,
      StackCommand.Status.class,
      StackCommand.Down.class
    })
public final class StackCommand {

  private static final Duration DOWN_TIMEOUT = Duration.ofSeconds(90);

  /** Exit status 0 if the word did what it says, 1 if not, 2 for a wrong command line. */
  public static void main(String[] arguments) throws IOException {
    try (var logging = StackCommand.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(logging);
    }
    var command = new CommandLine(new StackCommand());
    command.setExecutionExceptionHandler(
        (e, commandLine, parsed) -> {
          System.err.println("keypost: " + e.getMessage());
          return 1;
        });
    System.exit(command.execute(arguments));
  }

  /** Where a stack keeps everything. */
  static final class Directory {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        defaultValue = ".local/stack",
        description = "where everything is kept (${DEFAULT-VALUE})")
    private Path path = Path.of("");

    Path absolute() {
      return path.toAbsolutePath().normalize();
    }
  }

  @Command(
      name = "up",
      description = "Start providers for development and leave them running.",
      mixinStandardHelpOptions = true)
  static final class Up implements Callable<Integer> {
    @CommandLine.Mixin private Directory directory = new Directory();

    @Option(
        names = "--providers",
        paramLabel = "DOMAIN",
        split = ",",
        defaultValue = "alpha.test,beta.test",
        description = "operator domains (${DEFAULT-VALUE})")
    private List<String> providers = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
      var running = StackState.read(directory.absolute());
      if (running.isPresent() && running.get().isRunning()) {
        System.out.println("It runs already, see ./keypost status.");
        return 0;
      }
      return Supervisor.startDetached(directory.absolute(), providers, System.out::println);
    }
  }

  @Command(name = "supervise", hidden = true, description = "What up leaves running.")
  static final class Supervise implements Callable<Integer> {
    @CommandLine.Mixin private Directory directory = new Directory();

    @Option(names = "--providers", split = ",", required = true)
    private List<String> providers = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
      return Supervisor.run(directory.absolute(), providers, System.out::println);
    }
  }

  @Command(
      name = "status",
      description = "What runs, and how it is.",
      mixinStandardHelpOptions = true)
  static final class Status implements Callable<Integer> {
    @CommandLine.Mixin private Directory directory = new Directory();

    @Override
    public Integer call() throws IOException {
      var state = StackState.read(directory.absolute());
      if (state.isEmpty() || !state.get().isRunning()) {
        System.out.println("Nothing runs in " + directory.absolute() + ".");
        return 1;
      }
      boolean allReady = true;
      for (var service : state.get().services()) {
        boolean ready = Probes.isUp(service.management(), Probes.READY);
        allReady &= ready;
        System.out.printf(
            "%-28s %-9s pid %-8d %4d MiB  %s  log %s%n",
            service.label(),
            ready ? "ready" : "NOT READY",
            service.pid(),
            Probes.residentOctets(service.pid()) >> 20,
            service.management(),
            service.log());
      }
      return allReady ? 0 : 1;
    }
  }

  @Command(
      name = "down",
      description = "End what up left running; everything it kept stays.",
      mixinStandardHelpOptions = true)
  static final class Down implements Callable<Integer> {
    @CommandLine.Mixin private Directory directory = new Directory();

    @Override
    public Integer call() throws IOException {
      var state = StackState.read(directory.absolute());
      if (state.isEmpty() || !state.get().isRunning()) {
        System.out.println("Nothing runs in " + directory.absolute() + ".");
        Files.deleteIfExists(directory.absolute().resolve(StackState.FILE_NAME));
        return 0;
      }
      return Supervisor.end(state.get(), DOWN_TIMEOUT, System.out::println);
    }
  }
}
