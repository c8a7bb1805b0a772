package io.keypost.ingress.http;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.testsupport.Enrolment;
import io.keypost.testsupport.TestOperators;
import io.keypost.testsupport.TestTokens;
import io.keypost.testsupport.TestTopics;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Three operators with real key servers and signed zones: {@code here}, whose front door is tested;
 * {@code peer}, which also carries the mail of {@code hosted}; {@code stranger}, whom nobody names;
 * and {@code silent}, whose key server never answers.
 */
public final class IngressFixture implements AutoCloseable {
  private final TestOperators operators = new TestOperators();
  private final TestTopics topics;
  private final TestTokens tokens;
  private final TestDomain here;
  private final TestDomain peer;
  private final TestDomain hosted;
  private final TestDomain stranger;
  private final TestDomain silent;
  private final ServerIdentity identity;

  IngressFixture(Map<String, String> config) {
    topics = TestTopics.create(config);
    here = operators.operator(config.get("keypost.operator"));
    identity = here.listedServer("mx." + here.domain());
    peer = operators.newOperator("peer");
    hosted = operators.newDomain("hosted", peer);
    stranger = operators.newOperator("stranger");
    silent = operators.newOperator("silent");
    operators.keyServer(silent).misbehave(request -> true);
    tokens = new TestTokens(here.domain(), operators.random());
    operators.keyServer(here).misbehave(tokens);
  }

  void enrol(Path directory) {
    Enrolment.write(identity, directory);
  }

  /** What the front door was enrolled with. */
  ServerIdentity identity() {
    return identity;
  }

  /** Another operational CA, under which the key server has its certificate already. */
  void exchangeCa() {
    here.exchangeCa();
    operators.keyServer(here).reissue();
  }

  /** The heartbeats that its operator's key server heard. */
  List<TestKeyServer.Beat> beats() {
    return operators.keyServer(here).beats();
  }

  /** What the front door writes. */
  TestTopics topics() {
    return topics;
  }

  /** The provider whose front door is tested. */
  TestDomain here() {
    return here;
  }

  /** Another operator. */
  TestDomain peer() {
    return peer;
  }

  /** A domain whose mail the peer carries. */
  TestDomain hosted() {
    return hosted;
  }

  /** An operator whom only its own domain names. */
  TestDomain stranger() {
    return stranger;
  }

  /** An operator whose key server takes every request and answers none. */
  TestDomain silent() {
    return silent;
  }

  /** A key of a user. */
  UserSecretKey user(TestDomain domain, String local) {
    return UserSecretKey.generate(domain.address(local), Instant.now(), operators.random());
  }

  SecureRandom random() {
    return operators.random();
  }

  /** An access token as the key server gives it. */
  String token(Address subject, String audience, Duration life) {
    return tokens.token(subject, audience, life);
  }

  @Override
  public void close() {
    topics.close();
    operators.close();
  }
}
