package io.keypost.stack.command;

import io.keypost.stack.LocalStack;
import io.keypost.stack.StackState;
import io.keypost.stack.servers.JavaExecutable;
import io.keypost.stack.servers.ServersOptions;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The process that {@code up} leaves behind: it holds a {@link LocalStack} until it is asked to
 * end.
 */
final class Supervisor {

  private static final Duration POLL = Duration.ofMillis(100);

  private Supervisor() {}

  /** Runs until SIGTERM or Ctrl-C. */
  static int run(
      Path directory, List<String> providers, OptionalInt firstPort, Consumer<String> say)
      throws IOException, InterruptedException {
    var ended = new CountDownLatch(1);
    var stack =
        LocalStack.builder()
            .directory(directory)
            .providers(providers.toArray(String[]::new))
            .firstPort(firstPort)
            .durability(ServersOptions.Durability.POWER_LOSS)
            .report(say)
            .start();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      stack.close();
                      StackState.forget(directory);
                    }));
    Advice.afterUp(stack, directory, say);
    StackState.of(stack).write(directory);
    ended.await();
    return 0;
  }

  /**
   * Starts the supervisor in the background and shows what it says until all is ready, or it has
   * ended.
   */
  static int startDetached(
      Path directory, List<String> providers, OptionalInt firstPort, Consumer<String> say)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Files.deleteIfExists(directory.resolve(StackState.FILE_NAME));
    var log = directory.resolve("stack.log");
    var process =
        new ProcessBuilder(command(directory, providers, firstPort))
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    // Until it is ready it belongs to this command: Ctrl-C ends both.
    var cancel = Thread.ofPlatform().unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(cancel);
    try (var lines = Files.newBufferedReader(log)) {
      while (true) {
        boolean running = process.isAlive();
        boolean ready = Files.exists(directory.resolve(StackState.FILE_NAME));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          say.accept(line);
        }
        if (ready) {
          Runtime.getRuntime().removeShutdownHook(cancel);
          return 0;
        }
        if (!running) {
          say.accept("It did not start, see " + log + ".");
          return 1;
        }
        Thread.sleep(POLL);
      }
    }
  }

  private static List<String> command(
      Path directory, List<String> providers, OptionalInt firstPort) {
    var command = new ArrayList<String>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      // So that closing the terminal does not end it.
      command.add("/usr/bin/setsid");
    }
    command.addAll(
        List.of(
            JavaExecutable.path(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dkeypost.root=" + System.getProperty("keypost.root", ""),
            "-cp",
            System.getProperty("java.class.path"),
            StackCommand.class.getName(),
            "supervise",
            "--dir",
            directory.toString(),
            "--providers",
            String.join(",", providers)));
    firstPort.ifPresent(port -> command.addAll(List.of("--first-port", Integer.toString(port))));
    return command;
  }

  /** Ends a supervisor and everything under it. */
  static int end(StackState state, Duration atMost, Consumer<String> say) throws IOException {
    var supervisor = state.process();
    if (supervisor.isEmpty()) {
      return 0;
    }
    say.accept("ending " + state.services().size() + " services, Kafka, PostgreSQL and DNS ...");
    supervisor.get().destroy();
    try {
      supervisor.get().onExit().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      say.accept("all ended");
      return 0;
    } catch (TimeoutException e) {
      say.accept(
          "it has not ended within " + atMost.toSeconds() + " s: process " + state.supervisor());
      return 1;
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
