package io.keypost.client;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.dns.DnsSettings;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.directory.pin.InProcessPinMemory;
import io.keypost.directory.testing.SettableClock;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.stack.dns.DnsServer;
import io.keypost.stack.dns.SignedZones;
import io.keypost.stack.dns.ZoneSecurity;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two domains over real zones and real TLS: alpha.test, whose user looks up, and beta.test, where
 * bob is.
 */
abstract class TwoKeyServers {
  static final SecureRandom RANDOM = new SecureRandom();

  final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  final Vertx vertx = Vertx.vertx();
  final SignedZones zones = SignedZones.create(InstantSource.system(), RANDOM);
  final InProcessPinMemory memory = new InProcessPinMemory();
  DnsServer dns;
  TestDomain alpha;
  TestDomain beta;
  TestKeyServer alphaServer;
  TestKeyServer betaServer;
  UserSecretKey bob;

  @BeforeEach
  void start() throws Exception {
    dns = DnsServer.start(zones, InetAddress.getLoopbackAddress(), 0);
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.zone("beta.test", ZoneSecurity.SIGNED);
    alpha = new TestDomain("alpha.test", clock, RANDOM);
    beta = new TestDomain("beta.test", clock, RANDOM);
    betaServer = TestKeyServer.start(vertx, beta);
    betaServer.publish(zones);
    alphaServer = TestKeyServer.start(vertx, alpha);
    alphaServer.publish(zones);
    // The own provider answers for others too, as it found them.
    alphaServer.host(beta);
    bob = beta.user("bob");
  }

  @AfterEach
  void stop() throws Exception {
    alphaServer.close();
    betaServer.close();
    dns.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  DirectorySettings settings() {
    return DirectorySettings.of(
        DnsSettings.of(List.of(dns.address()), zones.trustAnchor(), Duration.ofSeconds(5)),
        AllowedTargets.parse(Optional.of("127.0.0.0/8"), Optional.of("1-65535")));
  }
}
