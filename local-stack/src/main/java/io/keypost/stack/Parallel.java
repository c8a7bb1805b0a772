package io.keypost.stack;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A few pieces of work at once, waited for together. Used by one thread. */
final class Parallel {

  private final Map<String, FutureTask<Object>> running = new LinkedHashMap<>();

  /** Work that gives nothing back and may fail. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  void start(String name, Work work) {
    Callable<Object> callable =
        () -> {
          work.run();
          return name;
        };
    var task = new FutureTask<>(callable);
    running.put(name, task);
    Thread.ofVirtual().name(name).start(task);
  }

  /**
   * Waits for all that was started since the last call.
   *
   * @throws IOException with the first failure as cause, once all have ended; others are suppressed
   *     in it
   */
  void await() throws IOException {
    IOException failed = null;
    for (var entry : running.entrySet()) {
      try {
        entry.getValue().get();
      } catch (ExecutionException e) {
        var failure = new IOException(entry.getKey() + ": " + e.getCause(), e.getCause());
        if (failed == null) {
          failed = failure;
        } else {
          failed.addSuppressed(failure);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    running.clear();
    if (failed != null) {
      throw failed;
    }
  }
}
