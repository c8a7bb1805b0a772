package io.keypost.frame;

import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.identity.IdentityDirectory;
import io.keypost.directory.identity.IdentityLife;
import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews this service's certificates before they end, and at once when their CA or root is no
 * longer in force (KP-KSV-21): new keys, certified by the operator's key server, which knows the
 * service by the certificate that it has. The identity directory is replaced in one step; {@link
 * IdentityHolder}, here and in every replica, finds what is new within a second. Replicas that
 * share a directory take turns by a lock in it.
 */
@Singleton
public class IdentityRenewal {
  private static final String PATH = "/v1/server-renewals";
  private static final String LOCK_FILE = "renewal.lock";
  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(IdentityRenewal.class);

  private final Vertx vertx;
  private final DirectoryClient directory;
  private final MailDomain operator;
  private final FrameConfig config;
  private final Optional<Path> keyEncryptionKeyFile;
  private final InstantSource clock;
  private final SecureRandom random;
  private final AtomicReference<String> lastProblem = new AtomicReference<>("");
  private long timer = -1;

  IdentityRenewal(
      Vertx vertx,
      DirectoryClient directory,
      MailDomain operator,
      FrameConfig config,
      @ConfigProperty(name = "keypost.key-encryption-key-file") Optional<Path> keyEncryptionKeyFile,
      InstantSource clock,
      SecureRandom random) {
    this.vertx = vertx;
    this.directory = directory;
    this.operator = operator;
    this.config = config;
    this.keyEncryptionKeyFile = keyEncryptionKeyFile;
    this.clock = clock;
    this.random = random;
  }

  void begin(@Observes StartupEvent start) {
    timer =
        vertx.setPeriodic(
            config.renewalPeriod().toMillis(),
            tick ->
                vertx
                    .executeBlocking(
                        () -> {
                          look();
                          return Optional.empty();
                        })
                    .onFailure(error -> LOG.error("a renewal failed by a fault here", error)));
  }

  @PreDestroy
  void stop() {
    vertx.cancelTimer(timer);
  }

  /** Renews what is due; for one thread at a time. */
  private void look() {
    try {
      Optional<Held> held = held();
      if (held.isEmpty() || due(held.get(), peers(directory.domain(operator))).isEmpty()) {
        lastProblem.set("");
        return;
      }
      inTurn(this::renewIfDue);
      lastProblem.set("");
    } catch (RefusedException e) {
      report(e.code().wire() + ", " + e.refusal().detail());
    } catch (UncheckedIOException | IllegalArgumentException e) {
      report(String.valueOf(e.getMessage()));
    }
  }

  /** Looks once more: another replica may have been first, or the domain changed just now. */
  private void renewIfDue() {
    VerifiedDomain now = peers(directory.domainFetchedSince(operator, clock.instant()));
    held()
        .ifPresent(
            held ->
                due(held, now)
                    .ifPresent(
                        why -> {
                          renew(held, now);
                          LOG.info("The certificates were renewed: {}", why);
                        }));
  }

  /**
   * What the directory holds.
   *
   * @param receipts for a service that signs receipts
   */
  private record Held(ServerIdentity server, Optional<Receipts> receipts) {}

  private record Receipts(ReceiptIdentity identity, KeyEncryptionKey kek) {}

  private Optional<Held> held() {
    return ServerIdentity.load(config.identityDirectory())
        .map(server -> new Held(server, receipts()));
  }

  private Optional<Receipts> receipts() {
    return keyEncryptionKeyFile.flatMap(
        file -> {
          try {
            KeyEncryptionKey kek = KeyEncryptionKey.parseBase64(Files.readString(file).strip());
            return ReceiptIdentity.load(config.identityDirectory(), kek)
                .map(identity -> new Receipts(identity, kek));
          } catch (IOException e) {
            throw new UncheckedIOException("key-encryption key", e);
          }
        });
  }

  private Optional<String> due(Held held, VerifiedDomain domain) {
    Instant now = clock.instant();
    return IdentityLife.due(held.server().chain(), domain, now)
        .or(
            () ->
                held.receipts()
                    .flatMap(own -> IdentityLife.due(own.identity().chain(), domain, now)));
  }

  private void renew(Held held, VerifiedDomain domain) {
    KeyPair server = P256.generate(random);
    Optional<KeyPair> receipt = held.receipts().map(_ -> P256.generate(random));
    JsonObject body =
        new JsonObject()
            .put(
                "server_request",
                CertificateRequest.make(operator, CertificateUse.SERVER, server, random).toPem());
    receipt.ifPresent(
        keys ->
            body.put(
                "receipt_request",
                CertificateRequest.make(operator, CertificateUse.RECEIPT, keys, random).toPem()));
    PeerAnswer answer =
        await(
            directory.askKeyServer(
                operator, PeerRequest.post(PATH, "application/json", Bytes.utf8(body.encode()))));
    JsonObject said = json(answer);
    if (!answer.isSuccess()) {
      throw RefusedException.of(
          RefusalCode.byWire(said.getString("code", "")).orElse(RefusalCode.UNAVAILABLE),
          "the key server does not renew: " + said.getString("detail", ""));
    }
    Map<String, Bytes> files = new HashMap<>();
    List<X509Certificate> chain =
        checked(chain(said, "server_certificates"), CertificateUse.SERVER, domain);
    chain.add(domain.rootCertificate());
    files.putAll(new ServerIdentity(operator, chain, server.getPrivate()).files());
    receipt.ifPresent(
        keys ->
            files.putAll(
                new ReceiptIdentity(
                        checked(
                            chain(said, "receipt_certificates"), CertificateUse.RECEIPT, domain),
                        keys.getPrivate())
                    .files(held.receipts().orElseThrow().kek(), random)));
    IdentityDirectory.replace(config.identityDirectory(), files);
  }

  /** By the rules that every peer checks by: what would be refused there is not put in force. */
  private List<X509Certificate> checked(
      List<X509Certificate> chain, CertificateUse use, VerifiedDomain domain) {
    CertificateChecker.check(
        chain,
        domain.rootCertificate(),
        domain.operationalCas(),
        domain.revoked().certificates(),
        use,
        operator,
        clock.instant());
    return chain;
  }

  private static List<X509Certificate> chain(JsonObject said, String name) {
    JsonArray pems = said.getJsonArray(name, new JsonArray());
    List<X509Certificate> chain = new ArrayList<>();
    for (int i = 0; i < pems.size(); i++) {
      chain.add(CertificateCodec.fromPem(pems.getString(i)));
    }
    return chain;
  }

  private static JsonObject json(PeerAnswer answer) {
    try {
      return Buffer.buffer(answer.body().toByteArray()).toJsonObject();
    } catch (DecodeException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, answer.target() + " does not answer in JSON", e);
    }
  }

  /** The operator's domain as peers see it. */
  private static VerifiedDomain peers(CompletionStage<DomainView> looking) {
    return await(looking).verified();
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LOOKUP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Refusals.of(e);
    } catch (TimeoutException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, "the key server does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "the service stops", e);
    }
  }

  /** Another replica whose turn it is does the work for all. */
  private void inTurn(Runnable work) {
    Path file = config.identityDirectory().resolve(LOCK_FILE);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock turn = channel.tryLock()) {
      if (turn != null) {
        work.run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("identity directory " + config.identityDirectory(), e);
    }
  }

  /** Every few seconds would be too often to say the same. */
  private void report(String problem) {
    if (!problem.equals(lastProblem.getAndSet(problem))) {
      LOG.warn("The certificates cannot be renewed now: {}", problem);
    }
  }
}
