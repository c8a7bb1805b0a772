package io.keypost.directory.testing;

import io.keypost.directory.identity.IdentityOptions;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.tls.ProofOfPossessionOptions;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.stack.dns.DnsZones;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * A key server over real TLS that publishes what {@link TestDomain}s say, and can be made to
 * misbehave. Tests only: it verifies nobody.
 */
public final class TestKeyServer implements AutoCloseable {
  /** Answers in place of the key server. */
  @FunctionalInterface
  public interface Misbehaviour {
    /** Whether the request was taken care of. */
    boolean handle(HttpServerRequest request);
  }

  private static final int MAX_STRING_OCTETS = 255;

  /**
   * A heartbeat.
   *
   * @param peer digest of the certificate that the server showed; empty when it showed none
   * @param body as it came
   */
  public record Beat(Optional<Digest> peer, JsonObject body) {}

  private static final Misbehaviour NONE = request -> false;

  private final TestDomain operator;
  private final Map<MailDomain, TestDomain> domains = new ConcurrentHashMap<>();
  private final Queue<Beat> beats = new ConcurrentLinkedQueue<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Map<String, JsonObject> remembered = new ConcurrentHashMap<>();
  private final Queue<JsonObject> incidents = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Misbehaviour> misbehaviour = new AtomicReference<>(NONE);
  private final AtomicReference<ServerIdentity> identity;
  private final HttpServer server;
  private final MailDomain host;

  private TestKeyServer(Vertx vertx, TestDomain operator, ServerIdentity identity) {
    this.operator = operator;
    this.identity = new AtomicReference<>(identity);
    this.host = MailDomain.parse("ks." + operator.domain());
    domains.put(operator.domain(), operator);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                    .setClientAuth(ClientAuth.REQUEST)
                    .setTrustOptions(new ProofOfPossessionOptions())
                    .setKeyCertOptions(new IdentityOptions(() -> Optional.of(this.identity.get()))))
            .requestHandler(this::handle);
  }

  /** Starts a key server at {@code ks.<operator>} with a certificate of the operator. */
  public static TestKeyServer start(Vertx vertx, TestDomain operator) {
    return start(vertx, operator, operator.listedServer("ks." + operator.domain()));
  }

  /** Starts a key server that shows {@code identity}. */
  public static TestKeyServer start(Vertx vertx, TestDomain operator, ServerIdentity identity) {
    TestKeyServer started = new TestKeyServer(vertx, operator, identity);
    try {
      started.server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the key server did not start", e);
    }
    return started;
  }

  /** Shows a certificate of the operator as it is now: after its CA or root was exchanged. */
  public void reissue() {
    identity.set(operator.listedServer(host.value()));
  }

  /** The port it listens at. */
  public int port() {
    return server.actualPort();
  }

  /** What pins name it by. */
  public KeyServerName name() {
    return new KeyServerName(host, port());
  }

  /** Publishes another domain too. */
  public void host(TestDomain domain) {
    domains.put(domain.domain(), domain);
  }

  /** Puts the host's address into DNS, and the pins of all its domains. */
  public void publish(DnsZones zones) {
    zones.put(host + ". 5 IN A 127.0.0.1");
    domains.values().forEach(domain -> publish(zones, domain.pin(List.of(name()))));
  }

  /** Puts a pin into DNS. */
  public static void publish(DnsZones zones, Pin pin) {
    zones.put("_keypost." + pin.domain() + ". 5 IN TXT " + strings(pin.toTxt()));
  }

  /** A text as the strings of a TXT record, of which each has at most 255 octets. */
  private static String strings(String text) {
    StringBuilder strings = new StringBuilder();
    for (int from = 0; from < text.length(); from += MAX_STRING_OCTETS) {
      int to = Math.min(text.length(), from + MAX_STRING_OCTETS);
      strings.append(" \"").append(text, from, to).append('"');
    }
    return strings.toString();
  }

  /** Misbehaves from now on. */
  public void misbehave(Misbehaviour how) {
    misbehaviour.set(how);
  }

  /** Behaves again. */
  public void behave() {
    misbehaviour.set(NONE);
  }

  /** Every heartbeat so far. */
  public List<Beat> beats() {
    return List.copyOf(beats);
  }

  /** Method and path of every request so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpServerRequest request) {
    requests.add(request.method() + " " + request.path());
    if (misbehaviour.get().handle(request)) {
      return;
    }
    String[] path = request.path().split("/");
    if (request.path().startsWith("/v1/pins/")) {
      request.body().onSuccess(body -> pins(request, path[3], body));
    } else if (request.path().equals("/v1/incidents")) {
      request
          .body()
          .onSuccess(
              body -> {
                incidents.add(new JsonObject(body));
                request.response().setStatusCode(204).end().onFailure(gone -> {});
              });
    } else if (request.path().equals("/v1/lookups")) {
      request.body().onSuccess(body -> lookups(request, body));
    } else if (request.path().equals("/v1/server-renewals")) {
      request.body().onSuccess(body -> renewal(request, new JsonObject(body)));
    } else if (request.path().equals("/v1/heartbeats")) {
      request.body().onSuccess(body -> heartbeat(request, body));
    } else if (path.length == 4 && path[2].equals("domains")) {
      one(request, domains.get(MailDomain.parse(path[3])), TestDomain::domainRecord);
    } else if (path.length == 5 && path[2].equals("domains") && path[4].equals("revocations")) {
      one(request, domains.get(MailDomain.parse(path[3])), TestDomain::revocationsRecord);
    } else if (path.length == 5 && path[2].equals("operators") && path[4].equals("servers")) {
      json(request, new JsonObject().put("record", operator.serversRecord()));
    } else {
      problem(request, 404, "not_found");
    }
  }

  /** The memory of this operator's servers, as the real one keeps it; a null is absent. */
  private void pins(HttpServerRequest request, String domain, Buffer body) {
    if (request.method().equals(HttpMethod.GET)) {
      json(request, new JsonObject().put("remembered", remembered.get(domain)));
      return;
    }
    JsonObject change = new JsonObject(body);
    AtomicBoolean replaced = new AtomicBoolean();
    remembered.compute(
        domain,
        (name, known) -> {
          replaced.set(Objects.equals(known, change.getJsonObject("expected")));
          return replaced.get() ? change.getJsonObject("replacement") : known;
        });
    json(request, new JsonObject().put("replaced", replaced.get()));
  }

  /** What it remembers of a domain, as JSON; null when nothing. */
  public @Nullable JsonObject remembered(MailDomain domain) {
    return remembered.get(domain.value());
  }

  /** The incidents that it was told of. */
  public List<JsonObject> incidents() {
    return List.copyOf(incidents);
  }

  private static void one(
      HttpServerRequest request, TestDomain domain, Function<TestDomain, String> record) {
    if (domain == null) {
      problem(request, 404, "not_found");
    } else {
      json(request, new JsonObject().put("record", record.apply(domain)));
    }
  }

  /** Whoever asks is certified for the front door's name. */
  private void renewal(HttpServerRequest request, JsonObject body) {
    JsonArray chain = new JsonArray();
    operator
        .certifyServer(
            "mx." + operator.domain(),
            CertificateRequest.fromPem(body.getString("server_request")).publicKey())
        .forEach(certificate -> chain.add(CertificateCodec.toPem(certificate)));
    json(request, new JsonObject().put("server_certificates", chain));
  }

  private void heartbeat(HttpServerRequest request, Buffer body) {
    beats.add(new Beat(peerOf(request), new JsonObject(body)));
    json(request, new JsonObject().put("state", "in_service").put("interval_seconds", 1));
  }

  /** Digest of the certificate that the caller showed, if he showed one. */
  public static Optional<Digest> peerOf(HttpServerRequest request) {
    try {
      return Optional.of(
          CertificateDigests.certificate(
              (X509Certificate) request.sslSession().getPeerCertificates()[0]));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private void lookups(HttpServerRequest request, Buffer body) {
    JsonArray answers = new JsonArray();
    JsonObject records = new JsonObject();
    JsonObject revocations = new JsonObject();
    for (Object asked : new JsonObject(body).getJsonArray("addresses")) {
      Address address = Address.parse((String) asked);
      TestDomain domain = domains.get(address.domain());
      JsonObject answer = new JsonObject().put("address", address.toString());
      if (domain == null) {
        answer.put("problem", new JsonObject().put("code", "not_found"));
      } else {
        answer.put("record", domain.addressRecord(address));
        records.put(domain.domain().value(), domain.domainRecord());
        revocations.put(domain.domain().value(), domain.revocationsRecord());
      }
      answers.add(answer);
    }
    json(
        request,
        new JsonObject()
            .put("answers", answers)
            .put("domains", records)
            .put("revocations", revocations));
  }

  private static void json(HttpServerRequest request, JsonObject json) {
    request
        .response()
        .putHeader("content-type", "application/json")
        .end(json.toBuffer())
        .onFailure(gone -> {});
  }

  /** Answers with a record. */
  public static void answer(HttpServerRequest request, String record) {
    json(request, new JsonObject().put("record", record));
  }

  /** Answers with a problem. */
  public static void problem(HttpServerRequest request, int status, String code) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/problem+json")
        .end(new JsonObject().put("code", code).toBuffer())
        .onFailure(gone -> {});
  }

  @Override
  public void close() {
    try {
      server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the key server did not stop", e);
    }
  }
}
