package io.keypost.delivery.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Workers workers = new Workers("test");
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();

  @Test
  void waitsForWhatWasStarted() {
    workers.start("one", this::work);
    Thread drain = Thread.ofVirtual().start(() -> workers.drain(PATIENCE));
    await().atMost(PATIENCE).until(() -> drain.getState() == Thread.State.TIMED_WAITING);
    assertThat(ended).isFalse();

    mayEnd.countDown();

    await().atMost(PATIENCE).until(() -> !drain.isAlive());
    assertThat(ended).isTrue();
  }

  @Test
  void waitsNoLongerThanItIsTold() {
    workers.start("one", this::work);

    workers.drain(Duration.ofMillis(1));

    assertThat(ended).isFalse();
    mayEnd.countDown();
    workers.drain(PATIENCE);
    assertThat(ended).isTrue();
  }

  private void work() {
    try {
      mayEnd.await();
      ended.set(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
