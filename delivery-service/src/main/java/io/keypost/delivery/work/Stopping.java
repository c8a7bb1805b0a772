package io.keypost.delivery.work;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether the service is about to stop; every pause of a loop ends then. */
@ApplicationScoped
public class Stopping {
  private final CountDownLatch stopping = new CountDownLatch(1);

  void onShutdown(
      @Observes @jakarta.annotation.Priority(Interceptor.Priority.PLATFORM_BEFORE)
          ShutdownEvent e) {
    begin();
  }

  /** From now on nothing new is begun. */
  public void begin() {
    stopping.countDown();
  }

  /** Whether nothing new is to be begun. */
  public boolean hasBegun() {
    return stopping.getCount() == 0;
  }

  /**
   * Waits.
   *
   * @return whether the service is to go on: false as soon as it stops
   */
  public boolean pause(Duration pause) {
    try {
      return !stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
