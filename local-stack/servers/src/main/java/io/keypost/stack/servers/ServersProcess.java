package io.keypost.stack.servers;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The servers' process as its starter sees it. */
public final class ServersProcess implements AutoCloseable {

  /** Generous for two busy cores: usual is five seconds. */
  private static final Duration START_TIMEOUT = Duration.ofSeconds(120);

  private static final String JAR = "keypost-local-servers-*[0-9T].jar";

  private static final Duration END_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Process process;
  private final ServersState state;

  private ServersProcess(Process process, ServersState state) {
    this.process = process;
    this.state = state;
  }

  /**
   * Starts the process and waits until all servers are ready.
   *
   * @param home the built module: {@code classes} and {@code lib} stand in it, see {@link
   *     #homeBelow}
   * @throws IOException if it does not get ready; the message holds the end of its log
   */
  public static ServersProcess start(Path home, ServersOptions options) throws IOException {
    return start(home, options, List.of());
  }

  /**
   * As {@link #start(Path, ServersOptions)}, with further options for the JVM.
   *
   * @param jvmOptions such as those of an ahead-of-time cache
   */
  public static ServersProcess start(Path home, ServersOptions options, List<String> jvmOptions)
      throws IOException {
    Files.createDirectories(options.directory());
    Files.deleteIfExists(options.directory().resolve(ServersState.FILE_NAME));
    var log = options.directory().resolve("servers.log");
    var process =
        new ProcessBuilder(command(home, options, jvmOptions))
            .redirectInput(
                switch (options.lifetime()) {
                  case ServersOptions.Lifetime.OfStarter starter -> Redirect.PIPE;
                  case ServersOptions.Lifetime.WhileUsed used ->
                      Redirect.from(new File("/dev/null"));
                })
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      return new ServersProcess(process, awaitState(process, options.directory(), log));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static List<String> command(Path home, ServersOptions options, List<String> jvmOptions)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                JavaExecutable.path(),
                // Small and quick to start: it carries tests and demos, not load.
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-cp",
            jarIn(home).orElse(home.resolve("classes"))
                + File.pathSeparator
                + home.resolve("lib").resolve("*"),
            ServersMain.class.getName()));
    command.addAll(options.toArguments());
    return command;
  }

  private static ServersState awaitState(Process process, Path directory, Path log)
      throws IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try {
      while (System.nanoTime() < deadline) {
        var state = ServersState.read(directory);
        if (state.isPresent()) {
          return state.get();
        }
        if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "the servers ended with status "
                  + process.exitValue()
                  + ":\n"
                  + Files.readString(log));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the servers start", e);
    }
    throw new IOException(
        "the servers were not ready within " + START_TIMEOUT + ":\n" + Files.readString(log));
  }

  /**
   * The built servers below the project's folder.
   *
   * @throws IOException if they are not built
   */
  public static Path homeBelow(Path project) throws IOException {
    var home = project.resolve("local-stack").resolve("servers").resolve("target");
    if (!Files.isDirectory(home.resolve("lib"))) {
      throw new IOException("the servers are not built: no " + home.resolve("lib"));
    }
    return home;
  }

  /**
   * The servers' own jar in the built module: a cache of loaded classes works with jars only. Empty
   * where the module was compiled and not packaged.
   */
  public static Optional<Path> jarIn(Path home) throws IOException {
    try (var jars = Files.newDirectoryStream(home, JAR)) {
      var found = jars.iterator();
      return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
    }
  }

  public ServersState state() {
    return state;
  }

  public Process process() {
    return process;
  }

  /** Asks the process to end, waits, and kills it if that takes longer than 30 s. */
  @Override
  public void close() throws IOException {
    close(END_TIMEOUT);
  }

  /** Asks the process to end, waits, and kills it if that takes longer than {@code atMost}. */
  public void close(Duration atMost) throws IOException {
    process.destroy();
    try {
      process.onExit().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }
}
