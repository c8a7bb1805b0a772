package io.keypost.stack.demo;

import io.keypost.protocol.refusal.RefusedException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Tells the demo's story in numbered steps and remembers whether everything in it was true. Lines
 * may come from several threads.
 */
final class Narrator {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration DOT_EVERY = Duration.ofSeconds(1);

  private final PrintStream out;
  private final InstantSource clock;
  private final Instant begin;
  private final List<String> untrue = new ArrayList<>();
  private boolean interrupted;
  private int step;
  private int checks;

  Narrator(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.begin = clock.instant();
  }

  /** Says that the demo is given up; nothing that comes after is part of the story. */
  synchronized void interrupt() {
    out.printf("%n   Interrupted: ending all services, which takes some seconds ...%n");
    interrupted = true;
  }

  /** Begins the next step. */
  synchronized void step(String title) {
    if (interrupted) {
      return;
    }
    step++;
    out.printf("%n%d. %s  [%.1f s]%n", step, title, elapsed().toMillis() / 1000.0);
  }

  /** Says what happens or was found. */
  synchronized void say(String line) {
    if (interrupted) {
      return;
    }
    line.lines().forEach(part -> out.println("   " + part));
  }

  /** Says what is claimed and whether it is true. */
  synchronized void check(String claim, Checked checked) {
    if (interrupted) {
      return;
    }
    checks++;
    switch (checked) {
      case Checked.True() -> out.println("   [true]  " + claim);
      case Checked.False(var found) -> {
        out.println("   [FALSE] " + claim);
        found.lines().forEach(line -> out.println("           " + line));
        untrue.add(claim);
      }
    }
  }

  /** What came of a check. */
  sealed interface Checked {
    /** It is as claimed. */
    record True() implements Checked {}

    /**
     * It is not.
     *
     * @param found what was found instead
     */
    record False(String found) implements Checked {}

    /** True if both are equal. */
    static Checked equal(Object found, Object expected) {
      return found.equals(expected)
          ? new True()
          : new False("found " + found + ", expected " + expected);
    }

    /** True if it holds; else {@code found} is shown. */
    static Checked holds(boolean holds, String found) {
      return holds ? new True() : new False(found);
    }
  }

  /**
   * Asks again and again until there is an answer, and shows a dot each second meanwhile. A
   * question that is refused for a while only has no answer yet.
   *
   * @param what is waited for, as the middle of a sentence
   * @throws IllegalStateException if there is none in time
   */
  <T> T await(String what, Duration atMost, Callable<Optional<T>> question) throws Exception {
    var started = clock.instant();
    var nextDot = started.plus(DOT_EVERY);
    boolean waiting = false;
    var why = "";
    while (clock.instant().isBefore(started.plus(atMost))) {
      Optional<T> answer = Optional.empty();
      try {
        answer = question.call();
      } catch (RefusedException e) {
        if (!e.isTemporary()) {
          throw e;
        }
        why = ", at last because of " + e.getMessage();
      }
      if (answer.isPresent()) {
        if (waiting) {
          out.println();
        }
        return answer.get();
      }
      if (!clock.instant().isBefore(nextDot)) {
        out.print(waiting ? "." : "   waiting for " + what + " .");
        out.flush();
        waiting = true;
        nextDot = clock.instant().plus(DOT_EVERY);
      }
      Thread.sleep(POLL);
    }
    if (waiting) {
      out.println();
    }
    throw new IllegalStateException(
        "waited " + atMost.toSeconds() + " s in vain for " + what + why);
  }

  Duration elapsed() {
    return Duration.between(begin, clock.instant());
  }

  /** How many claims were checked. */
  synchronized int checks() {
    return checks;
  }

  /** Claims that were not true. */
  synchronized List<String> untrue() {
    return List.copyOf(untrue);
  }
}
