package io.keypost.ingress.http;

import io.keypost.directory.identity.IdentityKeyManager;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.tls.ProofOfPossession;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** The front door from outside, over real TLS, by a client that is not ours. */
final class Door implements AutoCloseable {
  private final int port;
  private final HttpClient client;

  /** What came back. */
  record Reply(int status, Optional<String> type, Bytes body) {
    Answer answer() {
      return Answer.decode(body);
    }

    String text() {
      return new String(body.toByteArray(), StandardCharsets.UTF_8);
    }
  }

  private Door(int port, Optional<ServerIdentity> identity) {
    this.port = port;
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new IdentityKeyManager(() -> identity)},
          new TrustManager[] {new ProofOfPossession()},
          null);
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_2)
              .sslContext(context)
              .connectTimeout(Duration.ofSeconds(10))
              .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Door withoutCertificate(int port) {
    return new Door(port, Optional.empty());
  }

  static Door as(ServerIdentity identity, int port) {
    return new Door(port, Optional.of(identity));
  }

  Reply submit(String token, Bytes frames) throws IOException, InterruptedException {
    return send(
        request("/v1/submissions", Frames.MEDIA_TYPE).header("Authorization", "Bearer " + token),
        frames);
  }

  Reply transfer(Bytes frames) throws IOException, InterruptedException {
    return send(request("/v1/transfers", Frames.MEDIA_TYPE), frames);
  }

  Reply post(String path, String type, Bytes body) throws IOException, InterruptedException {
    return send(request(path, type), body);
  }

  HttpRequest.Builder request(String path, String type) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", type);
  }

  Reply send(HttpRequest.Builder request, Bytes body) throws IOException, InterruptedException {
    return send(request.POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())).build());
  }

  Reply send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Reply(
        response.statusCode(),
        response.headers().firstValue("content-type"),
        Bytes.copyOf(response.body()));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
