package io.keypost.delivery.work;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Does what is due, on a virtual thread of its own, until the service stops: at once after {@link
 * #wake()}, and otherwise as often as {@code idle} says, since other replicas make work as well. A
 * step that fails, be it with an {@link Error}, is logged and tried again after a pause that
 * doubles to {@link #LONGEST_PAUSE}: a loop never ends in silence before the service does.
 */
public final class WorkLoop implements AutoCloseable {
  /** Longest pause after failures in a row. */
  public static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration END_WITHIN = Duration.ofSeconds(20);
  private static final Logger LOG = Logger.getLogger(WorkLoop.class);

  private final String name;
  private final Duration idle;
  private final IntSupplier step;
  private final Stopping stopping;
  private final Semaphore wakes = new Semaphore(0);
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

  /**
   * A loop that does not run yet.
   *
   * @param step does what is due and returns how much that was; 0 when there was nothing
   */
  public WorkLoop(String name, Duration idle, IntSupplier step, Stopping stopping) {
    this.name = name;
    this.idle = idle;
    this.step = step;
    this.stopping = stopping;
  }

  /** Begins. */
  public void start() {
    Thread started = Thread.ofVirtual().name("delivery-" + name).unstarted(this::run);
    if (thread.compareAndSet(null, started)) {
      started.start();
    }
  }

  /** There is something to do: does not wait for the next look. */
  public void wake() {
    // One waiting wake is enough: the step does all that is due.
    if (wakes.availablePermits() == 0) {
      wakes.release();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!stopping.hasBegun()) {
      try {
        pause = step.getAsInt() > 0 ? FIRST_PAUSE : rest();
      } catch (RuntimeException | Error e) {
        if (!stopping.hasBegun()) {
          LOG.logf(
              e instanceof Error ? Logger.Level.ERROR : Logger.Level.WARN,
              e,
              "%s failed and is tried again",
              name);
        }
        if (!stopping.pause(pause)) {
          return;
        }
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
      }
    }
  }

  private Duration rest() {
    try {
      if (wakes.tryAcquire(idle.toNanos(), TimeUnit.NANOSECONDS)) {
        wakes.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopping.begin();
    }
    return FIRST_PAUSE;
  }

  /** Waits until the step that runs is done, for a bounded time; {@link Stopping} comes first. */
  @Override
  public void close() {
    wake();
    Thread running = thread.get();
    if (running == null) {
      return;
    }
    try {
      if (!running.join(END_WITHIN)) {
        LOG.warnf("%s did not end within %s", name, END_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
