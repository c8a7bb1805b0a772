package io.keypost.directory.memory;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Lets at most so many pieces of work be under way, and at most so many wait; the first first. */
final class Turns {
  private final int maxUnderWay;
  private final int maxWaiting;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int underWay;

  Turns(int maxUnderWay, int maxWaiting) {
    this.maxUnderWay = maxUnderWay;
    this.maxWaiting = maxWaiting;
  }

  /** Begins {@code work} now or when it is its turn; refuses with {@code busy}. */
  <V> CompletionStage<V> take(Supplier<CompletionStage<V>> work) {
    CompletableFuture<V> result = new CompletableFuture<>();
    Runnable turn = () -> begin(work, result);
    synchronized (this) {
      if (underWay == maxUnderWay) {
        if (waiting.size() == maxWaiting) {
          return CompletableFuture.failedFuture(
              RefusedException.of(RefusalCode.BUSY, "too many requests wait for their turn"));
        }
        waiting.add(turn);
        return result;
      }
      underWay++;
    }
    turn.run();
    return result;
  }

  private <V> void begin(Supplier<CompletionStage<V>> work, CompletableFuture<V> result) {
    CompletionStage<V> begun;
    try {
      begun = work.get();
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    begun.whenComplete(
        (value, error) -> {
          next();
          if (error != null) {
            result.completeExceptionally(error);
          } else {
            result.complete(value);
          }
        });
  }

  private void next() {
    Runnable turn;
    synchronized (this) {
      turn = waiting.poll();
      if (turn == null) {
        underWay--;
        return;
      }
    }
    turn.run();
  }
}
