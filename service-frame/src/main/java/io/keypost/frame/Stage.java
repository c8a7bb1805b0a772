package io.keypost.frame;

import io.keypost.events.RetryTopics;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.events.stage.StageDecision;
import io.keypost.events.stage.StageSettings;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What a service that is one stage gives {@link StageConsumer}, as a bean: all in which such
 * services differ.
 *
 * @param settings name, retry topics and bounds
 * @param codec of the topic that is read
 * @param decision what becomes of an event; may block, and may fail with a typed temporary refusal
 * @param <T> the event
 */
public record Stage<T>(
    StageSettings settings,
    EventCodec<T> codec,
    Function<IncomingEvent<T>, CompletionStage<StageDecision>> decision) {

  /** A stage within the bounds that the provider file sets. */
  public static <T> Stage<T> of(
      String name,
      RetryTopics retries,
      StageConfig config,
      EventCodec<T> codec,
      Function<IncomingEvent<T>, CompletionStage<StageDecision>> decision) {
    return new Stage<>(
        new StageSettings(name, retries, config.decisionTimeout(), config.maxFaults()),
        codec,
        decision);
  }
}
