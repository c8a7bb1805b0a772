package io.keypost.ingress.http;

import io.keypost.ingress.Failures;
import io.keypost.ingress.FrameIntake;
import io.keypost.ingress.IngressConfig;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request of frames, on the request's event loop: holds the sender back while
 * the stage is busy, stops a body that is too slow, answers once.
 */
final class FramesRequest {
  private final HttpServerRequest request;
  private final FrameIntake intake;
  private final Context context;
  private final Vertx vertx;
  private final int minOctets;
  private final Consumer<Answer> done;
  private final long timer;

  private long octetsInWindow;
  private boolean heldBackInWindow;
  private boolean busy;
  private boolean bodyEnded;
  private boolean answered;

  /**
   * Begins to read.
   *
   * @param done is told of the answer before it is written; with an answer of no statuses when the
   *     sender went away
   */
  FramesRequest(
      HttpServerRequest request,
      FrameIntake intake,
      IngressConfig config,
      Vertx vertx,
      Context context,
      Consumer<Answer> done) {
    this.request = request;
    this.intake = intake;
    this.vertx = vertx;
    this.context = context;
    this.minOctets = config.minBodyOctets();
    this.done = done;
    this.timer = vertx.setPeriodic(config.bodyTimeout().toMillis(), _ -> checkProgress());
  }

  void read() {
    request.handler(this::take);
    request.endHandler(_ -> end());
    request.exceptionHandler(_ -> gone());
    request.response().exceptionHandler(_ -> gone());
    request.resume();
  }

  private void take(Buffer octets) {
    octetsInWindow += octets.length();
    CompletionStage<Void> taken = intake.feed(octets.getByteBuf().nioBuffer());
    if (!taken.toCompletableFuture().isDone()) {
      busy = true;
      heldBackInWindow = true;
      request.pause();
      taken.whenComplete((_, error) -> context.runOnContext(_ -> taken(error)));
    } else {
      afterFeed();
    }
  }

  private void taken(@Nullable Throwable error) {
    busy = false;
    if (error != null) {
      intake.stop(Failures.refusal(error));
    }
    if (!afterFeed() && !bodyEnded) {
      request.resume();
    }
  }

  private boolean afterFeed() {
    if (intake.isStopped() && !answered) {
      answerWhenSettled();
      return true;
    }
    return answered;
  }

  private void end() {
    bodyEnded = true;
    if (!answered) {
      answerWhenSettled();
    }
  }

  private void answerWhenSettled() {
    answered = true;
    vertx.cancelTimer(timer);
    if (!bodyEnded) {
      request.pause();
    }
    intake
        .finish()
        .whenComplete(
            (answer, error) ->
                context.runOnContext(
                    _ ->
                        reply(
                            answer != null
                                ? answer
                                : new Answer(List.of(), Failures.refusal(error)))));
  }

  private void reply(Answer answer) {
    done.accept(answer);
    Replies.answer(request, answer);
  }

  /**
   * Frames that were read whole stay accepted: their sender asks again and gets the same answer.
   */
  private void gone() {
    if (!answered) {
      answered = true;
      vertx.cancelTimer(timer);
      intake.abort();
      done.accept(new Answer(List.of(), null));
    }
  }

  private void checkProgress() {
    boolean slow = octetsInWindow < minOctets && !heldBackInWindow;
    octetsInWindow = 0;
    heldBackInWindow = busy;
    if (slow && !answered) {
      intake.stop(Refusal.of(RefusalCode.UNAVAILABLE, "the body came too slowly"));
      afterFeed();
    }
  }
}
