package io.keypost.ingress.http;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.testsupport.SharedServers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/**
 * Three operators with real key servers and signed zones: {@code here}, whose front door is tested;
 * {@code peer}, which also carries the mail of {@code hosted}; and {@code stranger}, whom nobody
 * names.
 */
public final class IngressFixture implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String KEY_ID = "token-key";

  private final Vertx vertx = Vertx.vertx();
  private final KeyPair tokenKeys = P256.generate(RANDOM);
  private final TestDomain here;
  private final TestDomain peer;
  private final TestDomain hosted;
  private final TestDomain stranger;
  private final TestKeyServer hereKeys;
  private final TestKeyServer peerKeys;
  private final TestKeyServer strangerKeys;

  IngressFixture(String operator) {
    SharedServers servers = SharedServers.get();
    here = domain(operator, operator);
    String peerName = servers.newDomain("peer");
    peer = domain(peerName, peerName);
    hosted = domain(servers.newDomain("hosted"), peerName);
    String strangerName = servers.newDomain("stranger");
    stranger = domain(strangerName, strangerName);
    hereKeys = TestKeyServer.start(vertx, here);
    hereKeys.misbehave(this::tokenKeys);
    peerKeys = TestKeyServer.start(vertx, peer);
    peerKeys.host(hosted);
    strangerKeys = TestKeyServer.start(vertx, stranger);
    for (TestKeyServer keys : new TestKeyServer[] {hereKeys, peerKeys, strangerKeys}) {
      keys.publish(servers.dns());
    }
  }

  private static TestDomain domain(String name, String operator) {
    SharedServers.get().dns().zone(name, ZoneSecurity.SIGNED);
    return new TestDomain(name, operator, InstantSource.system(), RANDOM);
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

  /** A key of a user. */
  UserSecretKey user(TestDomain domain, String local) {
    return UserSecretKey.generate(domain.address(local), Instant.now(), RANDOM);
  }

  SecureRandom random() {
    return RANDOM;
  }

  /** Enrols the service, as {@code keypost server enrol} does. */
  void enrol(Path directory) throws IOException {
    ServerIdentity identity = here.listedServer("mx." + here.domain());
    Files.writeString(directory.resolve(ServerIdentity.OPERATOR_FILE), here.domain().value());
    Files.writeString(
        directory.resolve(ServerIdentity.ROOT_FILE), CertificateCodec.toPem(here.root()));
    Files.writeString(
        directory.resolve(ServerIdentity.CHAIN_FILE), CertificateCodec.toPem(identity.chain()));
    Files.writeString(directory.resolve(ServerIdentity.KEY_FILE), P256.toPem(identity.key()));
  }

  /** An access token as the key server gives it. */
  String token(Address subject, String audience, Duration life) {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(here.domain().value());
    claims.setSubject(subject.toString());
    claims.setAudience("keypost://" + here.domain() + "/" + audience);
    Instant issued = life.isNegative() ? Instant.now().plus(life).plus(life) : Instant.now();
    claims.setIssuedAt(NumericDate.fromSeconds(issued.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(issued.plus(life.abs()).getEpochSecond()));
    claims.setJwtId(UUID.randomUUID().toString());
    JsonWebSignature token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    token.setHeader("typ", "at+jwt");
    token.setKeyIdHeaderValue(KEY_ID);
    token.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    token.setKey(tokenKeys.getPrivate());
    try {
      return token.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean tokenKeys(HttpServerRequest request) {
    if (!request.path().equals("/v1/token-keys")) {
      return false;
    }
    EllipticCurveJsonWebKey key = new EllipticCurveJsonWebKey((ECPublicKey) tokenKeys.getPublic());
    key.setKeyId(KEY_ID);
    key.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    key.setUse("sig");
    request
        .response()
        .putHeader("content-type", "application/json")
        .end(new JsonWebKeySet(key).toJson())
        .onFailure(_ -> {});
    return true;
  }

  @Override
  public void close() {
    hereKeys.close();
    peerKeys.close();
    strangerKeys.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
