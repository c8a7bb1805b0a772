package io.keypost.testsupport;

import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.address.MailDomain;
import io.keypost.stack.dns.ZoneSecurity;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Operators with signed zones and real key servers, all of them to be found from the pin on. */
public final class TestOperators implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final Vertx vertx = Vertx.vertx();
  private final Map<MailDomain, TestKeyServer> keyServers = new LinkedHashMap<>();

  /** None yet. */
  public TestOperators() {}

  /** An operator whose name no other test has. */
  public TestDomain newOperator(String label) {
    return operator(SharedServers.get().newDomain(label));
  }

  /** An operator with this name, as the service under test has. */
  public TestDomain operator(String name) {
    SharedServers servers = SharedServers.get();
    servers.dns().zone(name, ZoneSecurity.SIGNED);
    TestDomain operator = new TestDomain(name, InstantSource.system(), random);
    TestKeyServer keys = TestKeyServer.start(vertx, operator);
    keys.publish(servers.dns());
    keyServers.put(operator.domain(), keys);
    return operator;
  }

  /** A domain whose mail and directory are at {@code operator}. */
  public TestDomain newDomain(String label, TestDomain operator) {
    SharedServers servers = SharedServers.get();
    String name = servers.newDomain(label);
    servers.dns().zone(name, ZoneSecurity.SIGNED);
    TestDomain domain =
        new TestDomain(name, operator.domain().value(), InstantSource.system(), random);
    TestKeyServer keys = keyServer(operator);
    keys.host(domain);
    keys.publish(servers.dns());
    return domain;
  }

  /** The key server of an operator. */
  public TestKeyServer keyServer(TestDomain operator) {
    TestKeyServer found = keyServers.get(operator.domain());
    if (found == null) {
      throw new IllegalArgumentException(operator.domain() + " is no operator here");
    }
    return found;
  }

  /** Lets a host name of these operators lead to this machine. */
  public void publishHost(String host) {
    SharedServers.get().dns().put(host + ". 5 IN A 127.0.0.1");
  }

  /** Keys and ids; nothing that has to come again. */
  public SecureRandom random() {
    return random;
  }

  /** Runs the key servers; other played servers may run on it too. */
  public Vertx vertx() {
    return vertx;
  }

  @Override
  public void close() {
    keyServers.values().forEach(TestKeyServer::close);
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
