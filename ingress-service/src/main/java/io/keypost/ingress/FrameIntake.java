package io.keypost.ingress;

import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadWriter;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.FrameReader;
import io.keypost.protocol.message.FrameReader.Part;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One request of frames on its way through the {@link AcceptanceStage}. Payloads are made durable
 * and events written while the next frames are read, at most {@value #MAX_PENDING_FRAMES} of them,
 * so that many small messages share one fsync; statuses keep the frames' order.
 *
 * <p>All methods are called on one thread, the context's; {@link #feed} only after what the call
 * before it returned has completed.
 */
public final class FrameIntake {
  /** Frames that may wait for payload or event to be durable while the next is read. */
  static final int MAX_PENDING_FRAMES = 64;

  private static final CompletionStage<Void> TAKEN = CompletableFuture.completedFuture(null);

  private final AcceptanceStage stage;
  private final Caller caller;
  private final Optional<String> traceparent;
  private final Executor context;
  private final FrameReader reader = new FrameReader();
  private final List<Settled> settled = new ArrayList<>();
  private final Deque<CompletableFuture<Status>> pending = new ArrayDeque<>();

  /**
   * Where the payload of the frame that is being read goes; null between frames and while a refused
   * payload passes by.
   */
  private @Nullable PayloadWriter writer;

  /** Why the frame that is being read is refused already. */
  private @Nullable Refusal refused;

  private @Nullable Refusal stopped;

  /** Whether the sender is gone: what still waits must not begin anything when it comes back. */
  private boolean aborted;

  private int envelopes;

  /** A frame that was read, and what becomes of its envelopes. */
  private record Settled(int envelopes, CompletableFuture<Status> status) {}

  FrameIntake(
      AcceptanceStage stage, Caller caller, Optional<String> traceparent, Executor context) {
    this.stage = stage;
    this.caller = caller;
    this.traceparent = traceparent;
    this.context = context;
  }

  /**
   * Takes octets of the request, which stay unchanged until the returned stage completes.
   *
   * @return completes, never exceptionally, when more may come; until then the sender must be held
   *     back
   */
  public CompletionStage<Void> feed(ByteBuffer octets) {
    try {
      while (!isOver()) {
        Optional<Part> part = reader.next(octets);
        if (part.isEmpty()) {
          return TAKEN;
        }
        CompletionStage<Void> taken = take(part.get());
        if (!taken.toCompletableFuture().isDone()) {
          return taken.thenComposeAsync(_ -> feed(octets), context);
        }
      }
    } catch (RefusedException e) {
      stop(e.refusal());
    }
    return TAKEN;
  }

  /** Whether nothing more is read: what follows has no meaning, or is too much. */
  public boolean isStopped() {
    return stopped != null;
  }

  /** Stops reading; what was read before keeps its status. */
  public void stop(Refusal because) {
    if (stopped == null) {
      stopped = because;
      giveUpPayload();
    }
  }

  private boolean isOver() {
    return stopped != null || aborted;
  }

  /**
   * Says that the request has ended. Completes, never exceptionally, when every frame that was read
   * has its status.
   */
  public CompletionStage<Answer> finish() {
    if (stopped == null) {
      try {
        reader.finish();
      } catch (RefusedException e) {
        stop(e.refusal());
      }
    }
    return CompletableFuture.allOf(
            settled.stream().map(Settled::status).toArray(CompletableFuture[]::new))
        .thenApply(_ -> answer());
  }

  /**
   * Gives up the frame that is being read and all that would follow: the sender is gone. Frames
   * that were read stay accepted.
   */
  public void abort() {
    aborted = true;
    giveUpPayload();
  }

  private void giveUpPayload() {
    if (writer != null) {
      writer.abort();
      writer = null;
    }
  }

  private Answer answer() {
    List<Status> statuses = new ArrayList<>(envelopes);
    settled.forEach(
        frame -> statuses.addAll(Collections.nCopies(frame.envelopes(), frame.status().join())));
    return new Answer(statuses, stopped);
  }

  private CompletionStage<Void> take(Part part) {
    return switch (part) {
      case Part.Start(Head head) -> start(head);
      case Part.Payload(ByteBuffer octets) -> store(octets);
      case Part.End(Head head, Optional<Refusal> refusal) -> end(head, refusal);
    };
  }

  private CompletionStage<Void> start(Head head) {
    refused = null;
    envelopes += head.signed().size();
    if (envelopes > Answer.MAX_STATUSES) {
      envelopes -= head.signed().size();
      stop(
          new Refusal.RetryAfter(
              RefusalCode.BUSY, Duration.ZERO, "send the rest in another request"));
      return TAKEN;
    }
    CompletionStage<Optional<Refusal>> admitted = stage.admit(head, caller);
    if (admitted.toCompletableFuture().isDone()) {
      admitted(head, admitted.toCompletableFuture().join());
      return TAKEN;
    }
    return admitted.thenAcceptAsync(refusal -> admitted(head, refusal), context);
  }

  private void admitted(Head head, Optional<Refusal> refusal) {
    if (isOver()) {
      // A writer that was opened now would have nobody to end it.
      return;
    }
    if (refusal.isPresent()) {
      refuse(refusal.get());
      return;
    }
    try {
      writer = stage.open(head);
    } catch (PayloadStoreException e) {
      refuse(Failures.refusal(e));
    }
  }

  private void refuse(Refusal refusal) {
    refused = refusal;
    if (refusal.code() == RefusalCode.PAYLOAD_TOO_LARGE) {
      // Nobody waits for the end of what is larger than anything that is taken. The frame gets no
      // status: a refusal that was told twice would be taken for the next frame's (KP-TRF-5).
      stop(refusal);
    }
  }

  private CompletionStage<Void> store(ByteBuffer octets) {
    PayloadWriter open = writer;
    if (open == null) {
      return TAKEN;
    }
    CompletableFuture<Void> written = open.write(octets).toCompletableFuture();
    if (written.isDone() && !written.isCompletedExceptionally()) {
      return written;
    }
    return written.handleAsync(
        (_, error) -> {
          if (error != null) {
            giveUpPayload();
            refused = Failures.refusal(error);
          }
          return null;
        },
        context);
  }

  private CompletionStage<Void> end(Head head, Optional<Refusal> refusal) {
    PayloadWriter open = writer;
    writer = null;
    if (open != null && refusal.isEmpty()) {
      settle(head, stage.accept(head, caller, traceparent, open.commit()).toCompletableFuture());
      return untilFewArePending();
    }
    if (open != null) {
      open.abort();
    }
    // What the caller may not do stands before what is wrong with what he sent.
    Refusal because = refused != null ? refused : refusal.orElseThrow();
    settle(head, CompletableFuture.completedFuture(new Status.Refused(because)));
    return TAKEN;
  }

  private void settle(Head head, CompletableFuture<Status> status) {
    Instant since = stage.now();
    CompletableFuture<Status> told =
        status.whenComplete((known, _) -> stage.settled(head, caller, known, since));
    settled.add(new Settled(head.signed().size(), told));
    if (!told.isDone()) {
      pending.add(told);
    }
  }

  private CompletionStage<Void> untilFewArePending() {
    pending.removeIf(CompletableFuture::isDone);
    CompletableFuture<Status> oldest = pending.peek();
    return pending.size() < MAX_PENDING_FRAMES || oldest == null
        ? TAKEN
        : oldest.thenAccept(_ -> {});
  }
}
