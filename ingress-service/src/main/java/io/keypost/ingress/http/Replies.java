package io.keypost.ingress.http;

import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Writes answers. Each ends the response once; a request whose body still comes is told that nobody
 * reads it.
 */
final class Replies {
  private static final String PROBLEM = "application/problem+json";
  private static final String JSON = "application/json";
  private static final String NO_STORE = "no-store";

  /**
   * RST_STREAM with NO_ERROR: the answer is complete, send no more of the request (RFC 9113 section
   * 8.1).
   */
  private static final long NO_ERROR = 0;

  private Replies() {}

  /** A request that was refused as a whole (RFC 9457). */
  static void problem(HttpServerRequest request, Refusal refusal) {
    problem(request, RefusalStatus.of(refusal.code()), refusal);
  }

  /** A request that was refused as a whole, with a status of its own. */
  static void problem(HttpServerRequest request, int status, Refusal refusal) {
    JsonObject body =
        new JsonObject()
            .put("status", status)
            .put("title", refusal.code().text())
            .put("code", refusal.code().wire())
            .put("detail", refusal.detail());
    if (refusal instanceof Refusal.RetryAfter retry) {
      body.put("retry_after_seconds", retry.after().toSeconds());
      request
          .response()
          .putHeader(HttpHeaders.RETRY_AFTER, Long.toString(retry.after().toSeconds()));
    }
    end(request, status, PROBLEM, body.toBuffer());
  }

  /** What became of the frames of a request. */
  static void answer(HttpServerRequest request, Answer answer) {
    int status = answer.stopped() == null ? HttpStatus.ACCEPTED : HttpStatus.BAD_REQUEST;
    end(request, status, Answer.MEDIA_TYPE, Buffer.buffer(answer.encode().toByteArray()));
  }

  /** What became of the receipts of a request. */
  static void receipts(HttpServerRequest request, List<Status> statuses) {
    JsonArray list = new JsonArray();
    statuses.forEach(status -> list.add(json(status)));
    end(request, HttpStatus.ACCEPTED, JSON, new JsonObject().put("statuses", list).toBuffer());
  }

  private static JsonObject json(Status status) {
    return switch (status) {
      case Status.Accepted() -> new JsonObject().put("code", "accepted");
      case Status.Refused(Refusal refusal) -> {
        JsonObject json =
            new JsonObject().put("code", refusal.code().wire()).put("detail", refusal.detail());
        yield refusal instanceof Refusal.RetryAfter retry
            ? json.put("retry_after_seconds", retry.after().toSeconds())
            : json;
      }
    };
  }

  private static void end(HttpServerRequest request, int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    boolean bodyEnded = request.isEnded();
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .end(body)
        .onSuccess(
            _ -> {
              if (!bodyEnded) {
                response.reset(NO_ERROR);
              }
            });
  }
}
