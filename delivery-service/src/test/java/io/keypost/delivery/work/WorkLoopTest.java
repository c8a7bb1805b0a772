package io.keypost.delivery.work;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkLoopTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void goesOnAfterAnErrorAsAfterAnException() {
    AtomicInteger steps = new AtomicInteger();
    Stopping stopping = new Stopping();
    WorkLoop loop =
        new WorkLoop(
            "test",
            Duration.ofHours(1),
            () -> {
              switch (steps.incrementAndGet()) {
                case 1 -> throw new NoClassDefFoundError("made up");
                case 2 -> throw new IllegalStateException("made up");
                default -> {
                  return 0;
                }
              }
            },
            stopping);

    loop.start();
    try {
      await().atMost(PATIENCE).until(() -> steps.get() == 3);
    } finally {
      stopping.begin();
      loop.close();
    }
  }
}
