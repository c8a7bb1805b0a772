package io.keypost.ingress.http;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;

/** A submission whose body comes piece by piece and whose sender may go away. */
final class SlowSender implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setSsl(true)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setTrustAll(true)
              .setVerifyHost(false));
  private final HttpClientRequest request;
  private final Future<Buffer> body;

  SlowSender(int port, String token) throws Exception {
    request = get(client.request(HttpMethod.POST, port, "127.0.0.1", "/v1/submissions"));
    request.setChunked(true);
    request
        .putHeader("content-type", Frames.MEDIA_TYPE)
        .putHeader("authorization", "Bearer " + token);
    body = request.response().compose(HttpClientResponse::body);
  }

  void send(Bytes octets) throws Exception {
    get(request.write(Buffer.buffer(octets.toByteArray())));
  }

  /** Whether there was a stream to reset. */
  boolean goAway() {
    return request.reset();
  }

  Answer answer() throws Exception {
    return Answer.decode(Bytes.copyOf(get(body).getBytes()));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    get(vertx.close());
  }
}
