package io.keypost.delivery.work;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Virtual threads that each do one piece of work, and the wait for their ends at stop. */
public final class Workers {
  private final String name;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  /**
   * None yet.
   *
   * @param name of the work, for the names of its threads
   */
  public Workers(String name) {
    this.name = name;
  }

  /** Does {@code work} on a thread of its own. */
  public void start(String about, Runnable work) {
    Thread thread =
        Thread.ofVirtual()
            .name("delivery-" + name + "-" + about)
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } finally {
                    running.remove(Thread.currentThread());
                  }
                });
    running.add(thread);
    thread.start();
  }

  /** Waits until all that was started has ended, no longer than {@code atMost}. */
  public void drain(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    for (Thread thread : running) {
      try {
        boolean _ = thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
