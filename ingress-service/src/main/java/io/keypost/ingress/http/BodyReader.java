package io.keypost.ingress.http;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads a whole small body, bounded in size and time. */
final class BodyReader {
  private BodyReader() {}

  /**
   * Completes with the body, or exceptionally with {@link RefusedException}. To be called on the
   * request's event loop.
   */
  static CompletionStage<Bytes> read(
      HttpServerRequest request, int maxOctets, Duration timeout, Vertx vertx) {
    CompletableFuture<Bytes> body = new CompletableFuture<>();
    Buffer octets = Buffer.buffer();
    long timer =
        vertx.setTimer(
            timeout.toMillis(),
            _ ->
                body.completeExceptionally(
                    RefusedException.of(RefusalCode.UNAVAILABLE, "the body came too slowly")));
    request.handler(
        part -> {
          if (body.isDone()) {
            return;
          }
          if (octets.length() + part.length() > maxOctets) {
            body.completeExceptionally(
                RefusedException.of(
                    RefusalCode.MALFORMED_REQUEST, "a body of more than " + maxOctets + " octets"));
          } else {
            octets.appendBuffer(part);
          }
        });
    request.endHandler(_ -> body.complete(Bytes.copyOf(octets.getBytes())));
    request.exceptionHandler(
        _ ->
            body.completeExceptionally(
                RefusedException.of(RefusalCode.UNAVAILABLE, "the sender went away")));
    request.resume();
    return body.whenComplete((_, _) -> vertx.cancelTimer(timer));
  }
}
