package io.keypost.directory.testing;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.P256;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * {@code https://keypost.<domain>} under a CA such as the platform trusts, which is made with it.
 * Answers every path with what it is told.
 */
public final class TestWeb implements AutoCloseable {
  /** What is answered. */
  public record Answer(int status, String location, Buffer body) {
    /** A text. */
    public static Answer of(String text) {
      return new Answer(200, "", Buffer.buffer(text));
    }

    /** To another place. */
    public static Answer redirect(String location) {
      return new Answer(302, location, Buffer.buffer());
    }
  }

  private static final Duration LIFE = Duration.ofDays(30);

  private final X509Certificate authority;
  private final HttpServer server;
  private final AtomicReference<Answer> answer =
      new AtomicReference<>(new Answer(404, "", Buffer.buffer()));
  private final AtomicInteger requests = new AtomicInteger();

  private TestWeb(X509Certificate authority, HttpServer server) {
    this.authority = authority;
    this.server = server;
  }

  /** Starts, with a certificate for {@code keypost.<domain>}, at an address of this machine. */
  public static TestWeb start(Vertx vertx, MailDomain domain, SecureRandom random) {
    return start(vertx, "keypost." + domain, "127.0.0.1", random);
  }

  /** Starts, with a certificate for {@code host}. */
  public static TestWeb start(Vertx vertx, String host, String address, SecureRandom random) {
    try {
      KeyPair caKeys = P256.generate(random);
      X509Certificate ca = certificate("CN=test CA", "CN=test CA", caKeys, caKeys, "", random);
      KeyPair keys = P256.generate(random);
      X509Certificate leaf = certificate("CN=test CA", "CN=web", caKeys, keys, host, random);
      HttpServer server =
          vertx.createHttpServer(
              new HttpServerOptions()
                  .setHost(address)
                  .setPort(0)
                  .setSsl(true)
                  .setUseAlpn(true)
                  .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                  .setKeyCertOptions(
                      new PemKeyCertOptions()
                          .addKeyValue(pem("PRIVATE KEY", keys.getPrivate().getEncoded()))
                          .addCertValue(pem("CERTIFICATE", leaf.getEncoded()))));
      TestWeb web = new TestWeb(ca, server);
      server
          .requestHandler(
              request -> {
                web.requests.incrementAndGet();
                Answer now = web.answer.get();
                request.response().setStatusCode(now.status());
                if (!now.location().isEmpty()) {
                  request.response().putHeader("location", now.location());
                }
                request.response().end(now.body()).onFailure(gone -> {});
              })
          .listen()
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      return web;
    } catch (Exception e) {
      throw new IllegalStateException("the web server did not start", e);
    }
  }

  private static Buffer pem(String label, byte[] der) {
    return Buffer.buffer(
        "-----BEGIN "
            + label
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + label
            + "-----\n");
  }

  private static X509Certificate certificate(
      String issuer,
      String subject,
      KeyPair issuerKeys,
      KeyPair keys,
      String host,
      SecureRandom random)
      throws GeneralSecurityException, OperatorCreationException, CertIOException {
    // By the machine's clock: the platform's trust manager knows no other.
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name(issuer),
            new BigInteger(64, random).setBit(64),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(LIFE)),
            new X500Name(subject),
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(host.isEmpty()));
    if (!host.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
  }

  /** The CA that issued its certificate. */
  public X509Certificate authority() {
    return authority;
  }

  /** The port it listens at. */
  public int port() {
    return server.actualPort();
  }

  /** Answers so from now on. */
  public void answer(Answer now) {
    answer.set(now);
  }

  /** Requests so far. */
  public int requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.close().toCompletionStage().toCompletableFuture().join();
  }
}
