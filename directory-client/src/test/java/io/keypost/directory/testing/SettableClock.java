package io.keypost.directory.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that tests move. */
public final class SettableClock implements InstantSource {
  private final AtomicReference<Instant> now;

  /** Begins at {@code start}. */
  public SettableClock(Instant start) {
    now = new AtomicReference<>(start);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Goes on by {@code time}. */
  public void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }
}
