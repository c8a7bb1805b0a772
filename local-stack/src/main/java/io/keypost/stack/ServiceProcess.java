package io.keypost.stack;

import io.keypost.stack.servers.Guardian;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One service of one provider as a process of its own. It can be ended and started again, in every
 * way that tests need.
 */
public final class ServiceProcess {

  /** Longer than a service may take to drain. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(45);

  private final String provider;
  private final ServiceName name;
  private final List<String> command;
  private final Path log;
  private final URI management;
  private final Guardian guardian;
  private final BiConsumer<ServiceProcess, Integer> onUnexpectedEnd;
  private volatile @Nullable Process process;

  /**
   * @param command with which the process is started
   * @param onUnexpectedEnd told the exit status when the process ends though nobody here ended it
   */
  ServiceProcess(
      String provider,
      ServiceName name,
      List<String> command,
      Path log,
      URI management,
      Guardian guardian,
      BiConsumer<ServiceProcess, Integer> onUnexpectedEnd) {
    this.provider = provider;
    this.name = name;
    this.command = List.copyOf(command);
    this.log = log;
    this.management = management;
    this.guardian = guardian;
    this.onUnexpectedEnd = onUnexpectedEnd;
  }

  /**
   * Starts the process; returns at once, see {@link #awaitReady}.
   *
   * @throws IllegalStateException if it runs
   */
  public synchronized void start() {
    if (isAlive()) {
      throw new IllegalStateException(this + " runs already");
    }
    try {
      Files.createDirectories(log.getParent());
      var started =
          new ProcessBuilder(command)
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()))
              .start();
      process = started;
      guardian.guard(started.pid(), Guardian.Signal.TERM);
      var watching = started.onExit().thenAccept(this::ended);
      if (watching.isCompletedExceptionally()) {
        throw new IllegalStateException("cannot watch " + this);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + this, e);
    }
  }

  private void ended(Process ended) {
    synchronized (this) {
      release(ended);
      if (process != ended) {
        return;
      }
      process = null;
    }
    onUnexpectedEnd.accept(this, ended.exitValue());
  }

  private void release(Process ended) {
    try {
      guardian.release(ended.pid());
    } catch (IOException e) {
      // The guard is gone because everything is being ended: nothing is left to protect from it.
      return;
    }
  }

  /**
   * Ends it as a crash would (SIGKILL) and waits until it is gone; does nothing if it does not run.
   */
  public void kill() {
    var ending = takeProcess();
    if (ending != null) {
      ending.destroyForcibly();
      awaitExit(ending, STOP_TIMEOUT);
    }
  }

  /** Ends it in order (SIGTERM: it drains) and waits; kills it after {@link #STOP_TIMEOUT}. */
  public void stop() {
    var ending = askToStop();
    if (ending != null) {
      awaitStopped(ending, STOP_TIMEOUT);
    }
  }

  /** The first half of {@link #stop}: so that many services drain at once. */
  @Nullable Process askToStop() {
    var ending = takeProcess();
    if (ending != null) {
      ending.destroy();
    }
    return ending;
  }

  /** The second half of {@link #stop}; kills it after {@code atMost}. */
  static void awaitStopped(Process ending, Duration atMost) {
    if (!awaitExit(ending, atMost)) {
      ending.destroyForcibly();
      awaitExit(ending, STOP_TIMEOUT);
    }
  }

  /** From here on its end is expected. */
  private synchronized @Nullable Process takeProcess() {
    var taken = process;
    process = null;
    return taken;
  }

  private static boolean awaitExit(Process ending, Duration atMost) {
    try {
      return ending.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      ending.destroyForcibly();
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits until its readiness probe says yes.
   *
   * @throws IllegalStateException if it ends or is not ready in time; the message holds what the
   *     probe says and the log's end
   */
  public void awaitReady(Duration atMost) {
    Probes.await(this, Probes.READY, atMost);
  }

  /**
   * Waits until it runs, be it ready or not: a service that is not enrolled yet stays not ready.
   */
  void awaitLive(Duration atMost) {
    Probes.await(this, Probes.LIVE, atMost);
  }

  public boolean isAlive() {
    var current = process;
    return current != null && current.isAlive();
  }

  /**
   * @throws IllegalStateException if it does not run
   */
  public long pid() {
    var current = process;
    if (current == null) {
      throw new IllegalStateException(this + " does not run");
    }
    return current.pid();
  }

  /** Memory that it holds, in octets (Linux: resident set); 0 where the system does not say. */
  public long residentBytes() {
    return Probes.residentOctets(pid());
  }

  /** Everything it printed since its first start. */
  public Path logFile() {
    return log;
  }

  /** Base of its management port: probes and metrics. */
  public URI managementUri() {
    return management;
  }

  public ServiceName name() {
    return name;
  }

  /** The operator domain it works for. */
  public String provider() {
    return provider;
  }

  @Override
  public String toString() {
    return provider + " " + name.word();
  }
}
