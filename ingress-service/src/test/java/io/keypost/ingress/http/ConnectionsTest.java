package io.keypost.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.peer.PeerVerifier;
import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.directory.testing.SettableClock;
import io.keypost.directory.testing.TestDirectory;
import io.keypost.directory.testing.TestDomain;
import io.vertx.core.http.HttpConnection;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

/** Which peers are remembered, and until when. */
class ConnectionsTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T09:00:00Z"));
  private final TestDomain beta = new TestDomain("beta.test", clock, new SecureRandom());
  private final TestDirectory directory = new TestDirectory(clock).with(beta);
  private final Connections connections =
      new Connections(new PeerVerifier(directory, clock), clock);
  private final HttpConnection connection = shows(beta.listedServer("mx.beta.test").chain());

  @Test
  void remembersAPeerUntilTheRecordsThatSpeakForItExpire() {
    connections.opened(connection);
    assertThat(connections.remembered(connection)).isEmpty();

    VerifiedPeer peer = connections.peer(connection).toCompletableFuture().join();

    assertThat(connections.remembered(connection)).contains(peer);
    clock.pass(PeerVerifier.LONGEST_TRUST);
    assertThat(connections.remembered(connection)).isEmpty();
  }

  @Test
  void keepsNothingOfAConnectionThatClosesWhileItsPeerIsVerified() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    directory.fetchAfter(answer);
    connections.opened(connection);
    CompletableFuture<VerifiedPeer> verified = connections.peer(connection).toCompletableFuture();
    assertThat(verified).isNotDone();

    connections.closed(connection);
    answer.complete(null);

    assertThat(verified).isCompleted();
    assertThat(connections.size()).isZero();
    assertThat(connections.remembered(connection)).isEmpty();
  }

  private static HttpConnection shows(List<X509Certificate> chain) {
    SSLSession session =
        fake(SSLSession.class, "getPeerCertificates", chain.toArray(new Certificate[0]));
    return fake(HttpConnection.class, "sslSession", session);
  }

  /** Answers one method, and is nothing but itself. */
  private static <T> T fake(Class<T> type, String name, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals(name)) {
                return answer;
              }
              return switch (method.getName()) {
                case "equals" -> self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                case "toString" -> type.getSimpleName();
                default -> throw new UnsupportedOperationException(method.toString());
              };
            }));
  }
}
