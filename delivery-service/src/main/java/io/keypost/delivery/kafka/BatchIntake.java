package io.keypost.delivery.kafka;

import io.keypost.delivery.work.StoppedException;
import io.keypost.delivery.work.Stopping;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.DeadLetters;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.events.stage.OutgoingEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings a batch of records into the database with one commit, for as long as that takes: while
 * PostgreSQL is away the batch waits, and with it its partitions (threat T25). A record that cannot
 * be decoded, or that alone makes the commit fail, becomes a dead letter, and the rest goes on
 * (threat T20). When {@link #take} returns, all of the batch is durable, here or there: then its
 * offsets may be committed.
 *
 * @param <T> the event
 */
public final class BatchIntake<T> {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Logger LOG = Logger.getLogger(BatchIntake.class);

  private final String stage;
  private final Function<ConsumerRecord<byte[], byte[]>, EventReader.Read<T>> reader;
  private final EventPublisher publisher;
  private final InstantSource clock;
  private final Stopping stopping;

  /**
   * An intake of one stage.
   *
   * @param stage its name in dead letters and logs
   * @param reader from a record to its event
   */
  public BatchIntake(
      String stage,
      Function<ConsumerRecord<byte[], byte[]>, EventReader.Read<T>> reader,
      EventPublisher publisher,
      InstantSource clock,
      Stopping stopping) {
    this.stage = stage;
    this.reader = reader;
    this.publisher = publisher;
    this.clock = clock;
    this.stopping = stopping;
  }

  private record Readable<T>(ConsumerRecord<byte[], byte[]> polled, IncomingEvent<T> incoming) {}

  /**
   * Takes a batch. Blocks.
   *
   * @param commit makes all of the given events durable with one commit, or throws and has no
   *     effect; may be called again with the same events
   * @throws StoppedException when the service stops first
   */
  public void take(
      Iterable<ConsumerRecord<byte[], byte[]>> batch, Consumer<List<IncomingEvent<T>>> commit) {
    List<Readable<T>> readable = new ArrayList<>();
    List<OutgoingEvent> dead = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> polled : batch) {
      switch (reader.apply(polled)) {
        case EventReader.Read.Decoded<T>(IncomingEvent<T> incoming) ->
            readable.add(new Readable<>(polled, incoming));
        case EventReader.Read.Undecodable<T>(DeadLetterReason reason, String error) ->
            dead.add(DeadLetters.of(polled, stage, reason, error, clock.instant()));
      }
    }
    commit(readable, commit, dead);
    publish(dead);
  }

  private void commit(
      List<Readable<T>> events, Consumer<List<IncomingEvent<T>>> commit, List<OutgoingEvent> dead) {
    if (events.isEmpty()) {
      return;
    }
    RuntimeException fault = commitOrFault(events, commit);
    if (fault == null) {
      return;
    }
    if (events.size() > 1) {
      LOG.warnf(fault, "%s: a batch of %d failed, each is tried alone", stage, events.size());
      for (Readable<T> event : events) {
        commit(List.of(event), commit, dead);
      }
      return;
    }
    Readable<T> poison = events.getFirst();
    LOG.errorf(
        fault,
        "%s gave up on %s",
        stage,
        poison.incoming().headers().messageId().orElse("an event without a message id"));
    dead.add(
        DeadLetters.of(
            poison.polled(),
            stage,
            DeadLetterReason.STAGE_FAILED,
            fault.toString(),
            clock.instant()));
  }

  /** Tries until it is committed, or until the events themselves prove to be at fault. */
  private @Nullable RuntimeException commitOrFault(
      List<Readable<T>> events, Consumer<List<IncomingEvent<T>>> commit) {
    List<IncomingEvent<T>> incoming = events.stream().map(Readable::incoming).toList();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        commit.accept(incoming);
        return null;
      } catch (RuntimeException e) {
        if (Faults.areInTheContent(e)) {
          return e;
        }
        LOG.warnf(e, "%s: %d events wait, tried again in %s", stage, events.size(), pause);
        if (!stopping.pause(pause)) {
          throw new StoppedException(stage + ": a batch of " + events.size(), e);
        }
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
      }
    }
  }

  private void publish(List<OutgoingEvent> dead) {
    if (dead.isEmpty()) {
      return;
    }
    try {
      publisher.publish(dead).toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new StoppedException(stage + ": " + dead.size() + " dead letters", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException(stage + ": " + dead.size() + " dead letters", e);
    }
  }
}
