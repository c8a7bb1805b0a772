package io.keypost.directory.client;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.Refusals;
import io.keypost.directory.dns.DnsSettings;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.directory.testing.SettableClock;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.stack.dns.DnsServer;
import io.keypost.stack.dns.SignedZones;
import io.keypost.stack.dns.ZoneSecurity;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * beta.test with its key server, signed zone and real TLS, and somebody who looks it up; each with
 * a clock of its own.
 */
final class BetaWorld implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Vertx vertx = Vertx.vertx();
  private final SignedZones zones = SignedZones.create(InstantSource.system(), RANDOM);
  private final DnsServer dns;
  private final TestKeyServer server;
  private final TestDomain beta;
  private final SettableClock betaClock;
  private final SettableClock ownClock;
  private final DirectoryClient directory;

  /**
   * @param ownError by how much the clock of whoever looks up is wrong
   */
  BetaWorld(Duration ownError) throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    betaClock = new SettableClock(now);
    ownClock = new SettableClock(now.plus(ownError));
    dns = DnsServer.start(zones, InetAddress.getLoopbackAddress(), 0);
    zones.zone("beta.test", ZoneSecurity.SIGNED);
    beta = new TestDomain("beta.test", betaClock, RANDOM);
    server = TestKeyServer.start(vertx, beta);
    server.publish(zones);
    directory =
        new DirectoryBuilder(
                vertx,
                DirectorySettings.of(
                    DnsSettings.of(
                        List.of(dns.address()), zones.trustAnchor(), Duration.ofSeconds(5)),
                    AllowedTargets.parse(Optional.of("127.0.0.0/8"), Optional.of("1-65535"))),
                ownClock)
            .build();
  }

  TestDomain beta() {
    return beta;
  }

  TestKeyServer server() {
    return server;
  }

  SettableClock betaClock() {
    return betaClock;
  }

  SettableClock ownClock() {
    return ownClock;
  }

  /** Time passes for both. */
  void pass(Duration time) {
    betaClock.pass(time);
    ownClock.pass(time);
  }

  DirectoryClient directory() {
    return directory;
  }

  static <V> V await(CompletionStage<V> stage) {
    try {
      return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    directory.close();
    server.close();
    dns.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
