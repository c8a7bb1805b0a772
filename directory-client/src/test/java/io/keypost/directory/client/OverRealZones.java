package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.Incident;
import io.keypost.directory.Refusals;
import io.keypost.directory.dns.DnsSettings;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.testing.SettableClock;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.dns.DnsServer;
import io.keypost.stack.dns.SignedZones;
import io.keypost.stack.dns.ZoneSecurity;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two operators, alpha.test and beta.test, with real signed zones and key servers over real TLS;
 * the directory under test is alpha's.
 */
abstract class OverRealZones {
  static final String LOOPBACK = "127.0.0.0/8";
  static final SecureRandom RANDOM = new SecureRandom();

  final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  final Vertx vertx = Vertx.vertx();
  final SignedZones zones = SignedZones.create(InstantSource.system(), RANDOM);
  final Told told = new Told();
  private final List<AutoCloseable> opened = new ArrayList<>();
  DnsServer dns;
  TestDomain alpha;
  TestDomain beta;
  TestKeyServer alphaServer;
  TestKeyServer betaServer;
  ServerIdentity identity;

  /** What a directory told its watch. */
  static final class Told implements DirectoryWatch {
    final Queue<RefusalCode> refusals = new ConcurrentLinkedQueue<>();
    final Queue<Incident> incidents = new ConcurrentLinkedQueue<>();
    final Queue<FirstSight> firstSights = new ConcurrentLinkedQueue<>();
    final Queue<String> refusedTargets = new ConcurrentLinkedQueue<>();

    @Override
    public void refused(RefusalCode code) {
      refusals.add(code);
    }

    @Override
    public void targetRefused() {
      refusedTargets.add("refused");
    }

    @Override
    public void firstSight(MailDomain domain, FirstSight sight) {
      firstSights.add(sight);
    }

    @Override
    public void incident(Incident incident) {
      incidents.add(incident);
    }
  }

  @BeforeEach
  void start() throws Exception {
    dns = DnsServer.start(zones, InetAddress.getLoopbackAddress(), 0);
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.zone("beta.test", ZoneSecurity.SIGNED);
    alpha = new TestDomain("alpha.test", clock, RANDOM);
    beta = new TestDomain("beta.test", clock, RANDOM);
    alphaServer = keyServer(alpha);
    betaServer = keyServer(beta);
    identity = alpha.listedServer("mx.alpha.test");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : opened.reversed()) {
      closeable.close();
    }
    dns.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** A key server of the operator, that its pin now names alone. */
  TestKeyServer keyServer(TestDomain operator) {
    TestKeyServer server = closing(TestKeyServer.start(vertx, operator));
    server.publish(zones);
    return server;
  }

  <C extends AutoCloseable> C closing(C closeable) {
    opened.add(closeable);
    return closeable;
  }

  DirectorySettings settings(AllowedTargets targets) {
    return DirectorySettings.of(
        DnsSettings.of(List.of(dns.address()), zones.trustAnchor(), Duration.ofSeconds(5)),
        targets);
  }

  static AllowedTargets local() {
    return AllowedTargets.parse(Optional.of(LOOPBACK), Optional.of("1-65535"));
  }

  DirectoryBuilder builder(DirectorySettings settings) {
    return new DirectoryBuilder(vertx, settings, clock)
        .identity(() -> Optional.of(identity))
        .watch(told);
  }

  /** A directory as a service of alpha.test has it after a start: with nothing in its memory. */
  DirectoryClient service() {
    return closing(builder(settings(local())).pinsAtKeyServerOf(alpha.domain()).build());
  }

  /** A directory that remembers in its own process. */
  DirectoryClient alone() {
    return closing(builder(settings(local())).build());
  }

  static <V> V await(CompletionStage<V> stage) {
    try {
      return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static void assertRefused(RefusalCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  /** One where nobody listens. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
