package io.keypost.e2e;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Somebody who speaks to a server with nothing but the JDK's own HTTP client: with a certificate of
 * his choice or none, in a version of TLS of his choice, whoever the server says it is.
 */
final class Stranger implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final char[] NO_PASSWORD = new char[0];

  private final HttpClient http;

  private Stranger(SSLContext tls, String version) {
    var parameters = tls.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {version});
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(tls)
            .sslParameters(parameters)
            .connectTimeout(TIMEOUT)
            .build();
  }

  /** Shows no certificate. */
  static Stranger withoutCertificate(String version) throws GeneralSecurityException, IOException {
    return new Stranger(context(null, List.of()), version);
  }

  /** Shows this chain. */
  static Stranger with(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    return new Stranger(context(key, chain), "TLSv1.3");
  }

  /** Is the server whose identity lies in {@code directory}. */
  static Stranger as(Path directory) throws GeneralSecurityException, IOException {
    ServerIdentity identity = ServerIdentity.load(directory).orElseThrow();
    return with(identity.key(), identity.chain());
  }

  private static SSLContext context(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, NO_PASSWORD);
    if (key != null) {
      keys.setKeyEntry("peer", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, NO_PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), new TrustManager[] {new Everybody()}, null);
    return tls;
  }

  /** Posts frames. */
  HttpResponse<byte[]> post(URI base, String path, Bytes body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("content-type", Frames.MEDIA_TYPE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Posts frames as a transfer and reads the answer. */
  Answer transfer(URI base, Bytes frames) throws IOException, InterruptedException {
    return Answer.decode(Bytes.copyOf(post(base, "/v1/transfers", frames).body()));
  }

  @Override
  public void close() {
    http.close();
  }

  private static final class Everybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
