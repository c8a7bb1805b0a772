package io.keypost.delivery.http;

import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.handover.TransferFrame;
import io.keypost.delivery.handover.TransferVerdict;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.payloads.PayloadRange;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.refusal.RefusalCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One {@code POST /v1/transfers}: streams frames from the payload store while the peer reads, and
 * reads the answer, which may come before the last frame. Memory is one piece of a payload. Runs on
 * a virtual thread; used once.
 */
public final class TransferRequest {
  /** The resource. */
  public static final String PATH = "/v1/transfers";

  private static final int PIECE_OCTETS = 64 * 1024;

  private final HttpClientRequest request;
  private final CompletableFuture<PeerAnswerBody> answer;
  private final PayloadStore payloads;
  private final LongSupplier nanoTime;
  private final long deadlineNanos;
  private final List<TransferFrame> begun = new ArrayList<>();
  private final Map<Leased, TransferVerdict> verdicts = new LinkedHashMap<>();
  private Buffer piece = Buffer.buffer();

  /**
   * Takes an opened request of which nothing was sent.
   *
   * @param timeout for all of it
   */
  public TransferRequest(
      HttpClientRequest request, PayloadStore payloads, Duration timeout, LongSupplier nanoTime) {
    this.request = request;
    this.answer =
        request
            .response()
            .compose(response -> read(request, response))
            .toCompletionStage()
            .toCompletableFuture();
    this.payloads = payloads;
    this.nanoTime = nanoTime;
    this.deadlineNanos = nanoTime.getAsLong() + timeout.toNanos();
  }

  /** The exchange ended without an answer that could be read. */
  private static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String problem, @Nullable Throwable cause) {
      super(problem, cause);
    }
  }

  /** A verdict for every envelope of every frame; never throws for what peer or network do. */
  public Map<Leased, TransferVerdict> send(List<TransferFrame> frames) {
    request.setChunked(true);
    request.putHeader("content-type", Frames.MEDIA_TYPE).putHeader("accept", Answer.MEDIA_TYPE);
    try {
      for (TransferFrame frame : frames) {
        if (!answer.isDone()) {
          sendFrame(frame);
        }
      }
      flush();
      if (!answer.isDone()) {
        awaitSent(request.end());
      }
      verdicts.putAll(await(answer).verdicts(begun));
    } catch (BrokenException e) {
      judge(begun, new TransferVerdict.Unanswered(String.valueOf(e.getMessage())));
    } finally {
      // After a whole exchange there is nothing left to reset, and this does nothing.
      boolean _ = request.reset();
    }
    judge(
        frames,
        new TransferVerdict.Later(Duration.ZERO, RefusalCode.UNAVAILABLE, "it was not sent"));
    return verdicts;
  }

  /** Whether the peer answered, whatever it said. */
  public boolean wasAnswered() {
    return answer.isDone() && !answer.isCompletedExceptionally();
  }

  private void judge(List<TransferFrame> frames, TransferVerdict verdict) {
    frames.forEach(frame -> frame.envelopes().forEach(e -> verdicts.putIfAbsent(e, verdict)));
  }

  private void sendFrame(TransferFrame frame) throws BrokenException {
    PayloadReference reference = reference(frame.payload());
    InputStream payload;
    try {
      payload = payloads.read(reference, PayloadRange.all(reference));
    } catch (PayloadStoreException e) {
      judge(
          List.of(frame),
          new TransferVerdict.Later(
              Duration.ZERO, RefusalCode.STORE_UNAVAILABLE, String.valueOf(e.getMessage())));
      return;
    }
    try (payload) {
      begun.add(frame);
      stream(frame.head(), payload);
    } catch (IOException | PayloadStoreException e) {
      // The frame is cut short: the peer must not take what would follow for its rest.
      throw new BrokenException("the payload cannot be read: " + e.getMessage(), e);
    }
  }

  private void stream(Head head, InputStream payload) throws IOException, BrokenException {
    append(Frames.prefix(head));
    byte[] octets = new byte[PIECE_OCTETS];
    long left = head.payloadSize();
    while (left > 0 && !answer.isDone()) {
      int count = payload.read(octets, 0, (int) Math.min(octets.length, left));
      if (count < 0) {
        throw new BrokenException("the payload ends " + left + " octets early", null);
      }
      append(Bytes.copyOf(octets, 0, count));
      left -= count;
    }
  }

  private void append(Bytes octets) throws BrokenException {
    piece.appendBytes(octets.toByteArray());
    if (piece.length() >= PIECE_OCTETS) {
      flush();
    }
  }

  private void flush() throws BrokenException {
    if (piece.length() > 0 && !answer.isDone()) {
      Buffer full = piece;
      piece = Buffer.buffer();
      awaitSent(request.write(full));
    }
  }

  /** Waits until the peer's flow control took it, or until the peer answered instead. */
  private void awaitSent(Future<Void> sent) throws BrokenException {
    CompletableFuture<Void> written = sent.toCompletionStage().toCompletableFuture();
    try {
      Object _ = await(CompletableFuture.anyOf(written, answer));
    } catch (BrokenException e) {
      // A peer that has answered may end the stream under what is still being sent.
      if (!written.isCompletedExceptionally()) {
        throw e;
      }
      PeerAnswerBody _ = await(answer);
    }
  }

  private <T> T await(CompletableFuture<T> future) throws BrokenException {
    try {
      return future.get(deadlineNanos - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new BrokenException(String.valueOf(e.getMessage()), e);
    } catch (TimeoutException e) {
      throw new BrokenException("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenException("interrupted", e);
    }
  }

  /** On the event loop, where no octet of the body can pass before the handler is set. */
  private static Future<PeerAnswerBody> read(
      HttpClientRequest request, HttpClientResponse response) {
    Promise<PeerAnswerBody> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(promise::tryFail);
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > Answer.MAX_ENCODED_OCTETS) {
            boolean _ = request.reset();
            promise.tryFail("an answer of more than " + Answer.MAX_ENCODED_OCTETS + " octets");
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.endHandler(
        _ ->
            promise.tryComplete(
                new PeerAnswerBody(
                    response.statusCode(),
                    text(response.getHeader("content-type")),
                    seconds(text(response.getHeader("retry-after"))),
                    Bytes.copyOf(body.getBytes()))));
    return promise.future();
  }

  private static String text(@Nullable String header) {
    return header == null ? "" : header;
  }

  private static Duration seconds(String header) {
    return header.matches("[0-9]{1,6}")
        ? Duration.ofSeconds(Long.parseLong(header))
        : Duration.ZERO;
  }

  private static PayloadReference reference(PayloadLocation location) {
    return new PayloadReference(
        location.segment(), location.offset(), location.length(), location.sha256());
  }
}
