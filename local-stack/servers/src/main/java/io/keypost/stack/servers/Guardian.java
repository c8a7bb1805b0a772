package io.keypost.stack.servers;

import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Ends guarded processes when this process dies in whatever way, kill -9 included: a small shell
 * that reads from a pipe which only this process holds, and acts when the pipe ends.
 */
public final class Guardian implements AutoCloseable {

  /** How a guarded process is asked to end; what has not ended ten seconds later is killed. */
  public enum Signal {
    /** Java processes: an orderly end. */
    TERM,
    /** PostgreSQL: an end that does not wait for its clients. */
    INT
  }

  private static final String SCRIPT =
      """
      trap '' INT HUP TERM
      guarded=
      while read -r word signal pid; do
        case $word in
          guard) guarded="$guarded $signal:$pid" ;;
          release)
            kept=
            for entry in $guarded; do [ "${entry#*:}" = "$pid" ] || kept="$kept $entry"; done
            guarded=$kept ;;
        esac
      done
      for entry in $guarded; do kill -s "${entry%%:*}" "${entry#*:}" 2>/dev/null; done
      tenths=0
      while [ $tenths -lt 100 ]; do
        alive=
        for entry in $guarded; do kill -0 "${entry#*:}" 2>/dev/null && alive=1; done
        [ -n "$alive" ] || exit 0
        sleep 0.1
        tenths=$((tenths + 1))
      done
      for entry in $guarded; do kill -s KILL "${entry#*:}" 2>/dev/null; done
      """;

  private final Process shell;
  private final Writer orders;

  private Guardian(Process shell) {
    this.shell = shell;
    this.orders = shell.outputWriter(StandardCharsets.US_ASCII);
  }

  /**
   * Starts the guard.
   *
   * @throws IOException if there is no {@code /bin/sh}
   */
  public static Guardian start() throws IOException {
    return new Guardian(
        new ProcessBuilder("/bin/sh", "-c", SCRIPT)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start());
  }

  /** From now on the process does not outlive this one. */
  public synchronized void guard(long pid, Signal signal) throws IOException {
    order("guard " + signal + " " + pid);
  }

  /** The process has ended: its number may soon belong to another, which must not be touched. */
  public synchronized void release(long pid) throws IOException {
    order("release - " + pid);
  }

  private void order(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
  }

  /** Ends whatever is still guarded, and the guard. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      orders.close();
    }
    try {
      if (!shell.waitFor(15, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
