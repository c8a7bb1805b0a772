package io.keypost.stack.command;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.Probes;
import io.keypost.stack.StackState;
import io.keypost.stack.demo.DemoCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
    static final Path DEFAULT = Path.of(".local", "stack");

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "where everything is kept (${DEFAULT-VALUE})")
    private Path path = DEFAULT;

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
    @CommandLine.Mixin private Operators operators = new Operators();

    @Override
    public Integer call() throws IOException, InterruptedException {
      var chosen = operators.domains();
      var running = StackState.read(directory.absolute()).filter(StackState::isRunning);
      if (running.isEmpty()) {
        return Supervisor.startDetached(
            directory.absolute(), chosen, operators.firstPort(), System.out::println);
      }
      if (running.get().providers().equals(chosen)) {
        System.out.println("It runs already, see ./keypost status.");
        return 0;
      }
      System.err.printf(
          "keypost: in %s %s run already: end them with ./keypost down, or choose another --dir%n",
          directory.absolute(), String.join(" and ", running.get().providers()));
      return 1;
    }
  }

  /** Which providers a stack has. */
  static final class Operators {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
        names = "--providers",
        paramLabel = "DOMAIN",
        split = ",",
        defaultValue = "alpha.test,beta.test",
        description = "operator domains, each once (${DEFAULT-VALUE})")
    private List<String> names = List.of();

    @Option(
        names = "--first-port",
        paramLabel = "PORT",
        description =
            "all ports are this one and those after it: three, and eight for each provider"
                + " (default: any that are free)")
    private @Nullable Integer firstPort;

    OptionalInt firstPort() {
      return firstPort == null ? OptionalInt.empty() : OptionalInt.of(firstPort);
    }

    /**
     * In canonical form, in the order in which they were given.
     *
     * @throws ParameterException for what is no domain name, or is given twice
     */
    List<String> domains() {
      var domains = new LinkedHashSet<String>();
      for (var name : names) {
        try {
          if (!domains.add(MailDomain.parse(name.strip()).value())) {
            throw wrong("names " + name + " twice");
          }
        } catch (RefusedException e) {
          throw wrong("\"" + name + "\" is no domain: " + e.getMessage());
        }
      }
      return List.copyOf(domains);
    }

    private ParameterException wrong(String what) {
      return new ParameterException(
          Objects.requireNonNull(command).commandLine(), "--providers: " + what);
    }
  }

  @Command(name = "supervise", hidden = true, description = "What up leaves running.")
  static final class Supervise implements Callable<Integer> {
    @CommandLine.Mixin private Directory directory = new Directory();
    @CommandLine.Mixin private Operators operators = new Operators();

    @Override
    public Integer call() throws IOException, InterruptedException {
      return Supervisor.run(
          directory.absolute(), operators.domains(), operators.firstPort(), System.out::println);
    }
  }

  @Command(
      name = "status",
      description = "What runs, where it answers, and how it is.",
      mixinStandardHelpOptions = true)
  static final class Status implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "where a stack keeps everything (what up and demo use by themselves)")
    private List<Path> directories = List.of(Directory.DEFAULT, DemoCommand.DEFAULT_DIRECTORY);

    /** 0 if something runs and all of it is ready. */
    @Override
    public Integer call() throws IOException {
      boolean any = false;
      boolean allReady = true;
      for (var given : directories) {
        var directory = given.toAbsolutePath().normalize();
        var state = StackState.read(directory).filter(StackState::isRunning);
        if (state.isPresent()) {
          System.out.printf("%s%s%n", any ? "\n" : "", directory);
          allReady &= show(state.get());
          any = true;
        }
      }
      if (!any) {
        System.out.println(
            directories.stream()
                .map(given -> given.toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(" or ", "Nothing runs in ", ".")));
      }
      return any && allReady ? 0 : 1;
    }

    private static boolean show(StackState state) {
      boolean allReady = true;
      for (var service : state.services()) {
        boolean ready = Probes.isUp(service.management(), Probes.READY);
        allReady &= ready;
        System.out.printf(
            "  %-22s %-9s pid %-7d %4d MiB  %-30s management %s  log %s%n",
            service.label(),
            ready ? "ready" : "NOT READY",
            service.pid(),
            Probes.residentOctets(service.pid()) >> 20,
            service.address().map(URI::toString).orElse("connects out only"),
            service.management(),
            service.log());
      }
      System.out.println("  " + state.servers());
      return allReady;
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
        StackState.forget(directory.absolute());
        return 0;
      }
      return Supervisor.end(state.get(), DOWN_TIMEOUT, System.out::println);
    }
  }
}
