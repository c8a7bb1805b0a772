package io.keypost.events.stage;

import io.keypost.events.RetryDelay;
import io.keypost.events.Topics;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a batch of records through a stage: every record is decided on its own and concurrently, and
 * ends as events of the next stage, in a retry topic or as a dead letter. The batch completes when
 * all of that is acknowledged; only then may its offsets be committed. No record can fail the batch
 * except by the brokers not taking what was decided.
 *
 * <p>Records of a retry topic are held until they are due.
 *
 * @param <T> the event that the stage reads
 */
public final class BatchRunner<T> {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

  private final StageSettings settings;
  private final EventReader<T> reader;
  private final Function<IncomingEvent<T>, CompletionStage<StageDecision>> stage;
  private final Executor working;
  private final EventPublisher publisher;
  private final InstantSource clock;
  private final StageListener listener;

  /**
   * A runner of one stage; may run several batches at once.
   *
   * @param stage decides; may block when {@code working} allows it, and may fail with {@link
   *     RefusedException} to ask for a retry
   * @param working runs the decisions
   */
  public BatchRunner(
      StageSettings settings,
      EventReader<T> reader,
      Function<IncomingEvent<T>, CompletionStage<StageDecision>> stage,
      Executor working,
      EventPublisher publisher,
      InstantSource clock,
      StageListener listener) {
    this.settings = settings;
    this.reader = reader;
    this.stage = stage;
    this.working = working;
    this.publisher = publisher;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Completes when everything that was decided about {@code records} is written; fails only if the
   * brokers did not take it. Another batch may be run before.
   *
   * @param inFlight counts each record until it is written
   */
  public CompletionStage<Void> run(
      Iterable<ConsumerRecord<byte[], byte[]>> records, InFlight inFlight) {
    List<CompletableFuture<Void>> settled = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> polled : records) {
      inFlight.begin();
      settled.add(settle(polled).whenComplete((_, _) -> inFlight.end()));
    }
    return CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> settle(ConsumerRecord<byte[], byte[]> polled) {
    return switch (reader.read(polled)) {
      case EventReader.Read.Decoded<T>(IncomingEvent<T> incoming) ->
          decide(incoming).thenCompose(outcome -> write(polled, incoming.headers(), outcome));
      case EventReader.Read.Undecodable<T>(DeadLetterReason reason, String error) ->
          write(
              polled,
              EventHeaders.read(polled.headers()),
              new Outcome(
                  new StageDecision.GiveUp(reason, error), EventHeaders.Failure.UNEXPECTED));
    };
  }

  private record Outcome(StageDecision decision, EventHeaders.Failure failure) {}

  private CompletableFuture<Outcome> decide(IncomingEvent<T> incoming) {
    Duration wait =
        incoming
            .headers()
            .notBefore()
            .map(due -> Duration.between(clock.instant(), due))
            .orElse(Duration.ZERO);
    Executor when =
        wait.isPositive()
            ? CompletableFuture.delayedExecutor(wait.toMillis() + 1, TimeUnit.MILLISECONDS, working)
            : working;
    return CompletableFuture.completedFuture(incoming)
        .thenComposeAsync(this::decideNow, when)
        .handle(
            (decision, failure) ->
                failure == null
                    ? new Outcome(decision, EventHeaders.Failure.EXPECTED)
                    : onFailure(incoming.headers(), unwrap(failure)));
  }

  private CompletableFuture<StageDecision> decideNow(IncomingEvent<T> incoming) {
    return stage
        .apply(incoming)
        .toCompletableFuture()
        .copy()
        .orTimeout(settings.decisionTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  private Outcome onFailure(EventHeaders headers, Throwable failure) {
    if (failure instanceof RefusedException refused
        && refused.refusal() instanceof Refusal.RetryAfter retry) {
      return new Outcome(StageDecision.Retry.of(retry), EventHeaders.Failure.EXPECTED);
    }
    if (failure instanceof TimeoutException) {
      // Somebody we asked is slow: as long as the envelope lives, that is no fault of the event.
      return new Outcome(
          new StageDecision.Retry(Duration.ZERO, "timeout"), EventHeaders.Failure.EXPECTED);
    }
    LOG.warn(
        "{} failed on {}",
        settings.stage(),
        headers.messageId().orElse("an event without a message id"),
        failure);
    if (headers.faults() + 1 >= settings.maxFaults()) {
      return new Outcome(
          new StageDecision.GiveUp(DeadLetterReason.STAGE_FAILED, failure.toString()),
          EventHeaders.Failure.UNEXPECTED);
    }
    return new Outcome(
        new StageDecision.Retry(Duration.ZERO, failure.getClass().getName()),
        EventHeaders.Failure.UNEXPECTED);
  }

  private CompletableFuture<Void> write(
      ConsumerRecord<byte[], byte[]> polled, EventHeaders headers, Outcome outcome) {
    List<OutgoingEvent> events =
        switch (outcome.decision()) {
          case StageDecision.Emit(List<OutgoingEvent> next) -> next;
          case StageDecision.Retry retry ->
              List.of(putAside(polled, headers, retry, outcome.failure()));
          case StageDecision.GiveUp(DeadLetterReason reason, String error) ->
              List.of(DeadLetters.of(polled, settings.stage(), reason, error, clock.instant()));
        };
    return publisher
        .publish(events)
        .thenRun(() -> listener.settled(headers, outcome.decision()))
        .toCompletableFuture();
  }

  private OutgoingEvent putAside(
      ConsumerRecord<byte[], byte[]> polled,
      EventHeaders headers,
      StageDecision.Retry retry,
      EventHeaders.Failure failure) {
    RetryDelay delay = RetryDelay.after(headers.attempts() + 1, retry.atLeast());
    Topics topic = settings.retries().of(delay);
    Instant now = clock.instant();
    Bytes key = polled.key() == null ? Bytes.empty() : Bytes.copyOf(polled.key());
    return new OutgoingEvent(
        topic,
        key,
        Bytes.copyOf(polled.value()),
        headers.putAside(now, now.plus(delay.duration()), retry.why(), failure));
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
