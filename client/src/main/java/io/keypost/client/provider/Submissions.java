package io.keypost.client.provider;

import io.keypost.client.json.Problems;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands messages in at the provider's ingress (KP-TRF-1). */
public final class Submissions {
  /** For one message of whatever size. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final ProviderConnection provider;

  /** At this provider. */
  public Submissions(ProviderConnection provider) {
    this.provider = provider;
  }

  /**
   * Hands one message in, streaming its payload.
   *
   * @param payload file with exactly the payload that {@code head} names
   * @return one status for each envelope of the head, in order
   * @throws RefusedException when the request was refused as a whole, or, of kind {@code
   *     RETRY_AFTER}, no answer came: then it may be sent again as it is
   */
  public List<Status> post(Head head, Path payload) {
    return answer(head.signed().size(), send(Frames.prefix(head), payload, Frames.size(head)));
  }

  /**
   * Posts whatever octets, for those who want to see them refused.
   *
   * @param frames file with the request's whole body
   */
  public Answer postRaw(Path frames, long size) {
    return send(Bytes.empty(), frames, size);
  }

  private Answer send(Bytes prefix, Path file, long size) {
    AccessGrant grant = provider.grant(TokenAudience.SUBMISSION);
    URI uri = grant.submissionUrl();
    return Waiting.on(
        provider
            .trust()
            .thenCompose(
                trust ->
                    provider
                        .directory()
                        .http()
                        .open(
                            ProviderConnection.target(uri),
                            trust,
                            HttpMethod.POST,
                            uri.getRawPath()))
            .thenCompose(request -> stream(request, grant, prefix, file, size).toCompletionStage()),
        TIMEOUT);
  }

  private Future<Answer> stream(
      HttpClientRequest request, AccessGrant grant, Bytes prefix, Path file, long size) {
    request
        .putHeader("authorization", "Bearer " + grant.bearer())
        .putHeader("content-type", Frames.MEDIA_TYPE)
        .putHeader("content-length", Long.toString(size))
        .putHeader("accept", Answer.MEDIA_TYPE + ", application/problem+json");
    Future<Answer> answer = request.response().compose(Submissions::read);
    Future<Void> sent =
        provider
            .vertx()
            .fileSystem()
            .open(file.toString(), new OpenOptions().setRead(true).setWrite(false).setCreate(false))
            .compose(
                octets ->
                    (prefix.isEmpty()
                            ? Future.<Void>succeededFuture()
                            : request.write(Buffer.buffer(prefix.toByteArray())))
                        .compose(written -> octets.pipeTo(request)));
    // A server that refuses early answers before all was sent: then the answer stands, and this
    // changes nothing.
    sent.onFailure(error -> abandon(request, error));
    return answer;
  }

  private static boolean abandon(HttpClientRequest request, Throwable error) {
    return request.reset(0, error);
  }

  private static Future<Answer> read(HttpClientResponse response) {
    return response
        .body()
        .map(
            buffer -> {
              Bytes body = Bytes.copyOf(buffer.getBytes());
              @Nullable String type = response.getHeader("content-type");
              if (type != null && type.startsWith(Answer.MEDIA_TYPE)) {
                return decode(body);
              }
              throw Problems.of(response.statusCode(), body);
            });
  }

  /** What cannot be read says nothing of the message: as if no answer had come. */
  private static Answer decode(Bytes body) {
    try {
      return Answer.decode(body);
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "an answer that cannot be read", e);
    }
  }

  private static List<Status> answer(int expected, Answer answer) {
    if (answer.stopped() != null) {
      throw new RefusedException(answer.stopped());
    }
    if (answer.statuses().size() != expected) {
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE,
          answer.statuses().size() + " statuses for " + expected + " envelopes");
    }
    return answer.statuses();
  }
}
