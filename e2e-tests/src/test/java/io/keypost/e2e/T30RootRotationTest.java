package io.keypost.e2e;

import static io.keypost.e2e.TwoProviders.PATIENCE;
import static io.keypost.e2e.TwoProviders.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keypost.client.KeypostClient;
import io.keypost.client.OutcomeView;
import io.keypost.client.ReceiptProof;
import io.keypost.client.SentMessage;
import io.keypost.client.operator.Administration;
import io.keypost.client.operator.DomainState;
import io.keypost.client.provider.OpenDirectory;
import io.keypost.client.provider.Submissions;
import io.keypost.client.root.Authority;
import io.keypost.client.root.CaHandover;
import io.keypost.client.root.RootCeremony;
import io.keypost.client.root.RootLock;
import io.keypost.client.root.RootRotation;
import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.Provider;
import io.keypost.stack.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** T30: the drill after which a stolen root is worth nothing (KP-REC-9, KP-KSV-21, KP-RCP-6). */
@ExtendWith(TwoProviders.Extension.class)
class T30RootRotationTest {
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final RootLock NEXT = RootLock.passphrase("the next root's".toCharArray());
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SOME = 5;

  @TempDir private Path directory;

  @Test
  @DisplayName("T30: root exchanged by `next`, all certificates reissued, mail flowing throughout")
  void losesNoMessageWhenARootIsExchangedAndRefusesTheOldOneAfterwards(TwoProviders providers)
      throws Exception {
    Provider alpha = providers.provider("alpha.test");
    RootLock old = RootLock.passphrase(providers.stack().passphrase());
    Digest oldRoot = ceremony(alpha.rootDirectory()).show().key();
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient bob = providers.newUser("bob", "beta.test");
    CountDownLatch end = new CountDownLatch(1);
    Traffic there = new Traffic(alice, bob, directory.resolve("there"));
    Traffic back = new Traffic(bob, alice, directory.resolve("back"));
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
        Administration administration = alpha.administration();
        OpenDirectory someone =
            new OpenDirectory(providers.stack().clientSettings(), InstantSource.system());
        // Closed before the executor, which waits for the traffic.
        Ending ending = end::countDown) {
      assertThat(ending).isNotNull();
      Future<?> sending = others.submit(() -> there.flow(end));
      Future<?> answering = others.submit(() -> back.flow(end));
      awaitMore(there, back);

      RootRotation rotation =
          new RootRotation(alpha.rootDirectory(), InstantSource.system(), RANDOM);
      RootRotation.Announcement announced = rotation.announce(old, NEXT);
      publish(providers, administration.authority(ALPHA, announced.authority()));
      await()
          .atMost(PATIENCE)
          .pollInterval(PAUSE)
          .until(
              () -> announced.nextRoot().equals(look(someone).verified().statement().nextRoot()));
      awaitMore(there, back);

      Authority changed =
          rotation.change(
              patiently(() -> administration.init(ALPHA)), NEXT, RootRotation.Haste.AT_ONCE);
      DomainState state = administration.authority(ALPHA, changed);
      publish(providers, state);

      awaitReissued(alpha, announced.nextRoot());
      await()
          .atMost(PATIENCE)
          .pollInterval(PAUSE)
          .until(() -> look(someone).pin().root().equals(announced.nextRoot()));
      awaitMore(there, back);
      end.countDown();
      sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      answering.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      there.assertEachDeliveredOnce();
      back.assertEachDeliveredOnce();

      Path retired = retired(alpha.rootDirectory());
      assertThat(ceremony(retired).show().key()).isEqualTo(oldRoot);
      Authority forged =
          ceremony(retired).sign(administration.init(ALPHA), old, CaHandover.ONLY_THIS);
      assertThatThrownBy(() -> administration.authority(ALPHA, forged))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.code()).isEqualTo(RefusalCode.CONTINUITY_BROKEN));
      assertOldPinIsRefused(providers, someone, state, oldRoot);
    }
  }

  /** Ends something, whatever else fails. */
  private interface Ending extends AutoCloseable {
    @Override
    void close();
  }

  private static RootCeremony ceremony(Path root) {
    return new RootCeremony(root, InstantSource.system(), RANDOM);
  }

  private static Path retired(Path root) throws IOException {
    try (var all = Files.list(root)) {
      return all.filter(path -> path.getFileName().toString().startsWith("retired-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void publish(TwoProviders providers, DomainState state) {
    DomainState.DnsRecord dns = state.dns();
    assertThat(dns).isNotNull();
    put(providers, dns.txt());
  }

  private static void put(TwoProviders providers, String txt) {
    providers.stack().dns().put("_keypost." + ALPHA + ". 5 IN TXT \"" + txt + "\"");
  }

  private static DomainView look(OpenDirectory someone) throws Exception {
    try {
      return someone
          .client()
          .domainFetchedSince(ALPHA, Instant.now())
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      RefusedException refused = Refusals.of(e);
      // Between the two steps of a change, and while the old pin is cached somewhere.
      return someone
          .client()
          .domain(ALPHA)
          .toCompletableFuture()
          .exceptionally(
              again -> {
                throw refused;
              })
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Every service has certificates under the new root, and nobody touched it. */
  private static void awaitReissued(Provider provider, Digest root) {
    List<ServiceName> enrolled =
        List.of(
            ServiceName.INGRESS, ServiceName.VERIFIER, ServiceName.ROUTER, ServiceName.DELIVERY);
    await()
        .atMost(PATIENCE)
        .pollInterval(PAUSE)
        .untilAsserted(
            () -> {
              for (ServiceName name : enrolled) {
                ServerIdentity identity =
                    ServerIdentity.load(provider.identityDirectory(name)).orElseThrow();
                assertThat(CertificateDigests.spki(identity.chain().getLast()))
                    .as("root of %s", name)
                    .isEqualTo(root);
              }
              Path directory = provider.identityDirectory(ServiceName.DELIVERY);
              ReceiptIdentity receipts =
                  ReceiptIdentity.load(directory, keyEncryptionKey(provider)).orElseThrow();
              assertThat(receipts.chain().get(1))
                  .as("the CA of receipts")
                  .isEqualTo(ServerIdentity.load(directory).orElseThrow().chain().get(1));
            });
  }

  private static KeyEncryptionKey keyEncryptionKey(Provider provider) throws IOException {
    return KeyEncryptionKey.parseBase64(
        Files.readString(provider.adminTokenFile().resolveSibling("kek")).strip());
  }

  /** DNS shows the old root again: whoever saw the new one does not go back. */
  private static void assertOldPinIsRefused(
      TwoProviders providers, OpenDirectory someone, DomainState state, Digest oldRoot) {
    DomainState.DnsRecord dns = state.dns();
    assertThat(dns).isNotNull();
    put(providers, dns.txt().replaceFirst("root=[^;]+", "root=" + oldRoot.base64Url()));
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(PAUSE)
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () ->
                              someone
                                  .client()
                                  .domainFetchedSince(ALPHA, Instant.now())
                                  .toCompletableFuture()
                                  .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                      .satisfies(
                          e ->
                              assertThat(Refusals.of(e).code())
                                  .isIn(
                                      RefusalCode.CONTINUITY_BROKEN,
                                      RefusalCode.RECORD_UNTRUSTED,
                                      RefusalCode.DIRECTORY_UNAVAILABLE)));
    } finally {
      put(providers, dns.txt());
    }
  }

  private static void awaitMore(Traffic... traffic) {
    Map<Traffic, Integer> before = new HashMap<>();
    for (Traffic each : traffic) {
      before.put(each, each.sent.size());
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(PAUSE)
        .until(
            () ->
                before.entrySet().stream()
                    .allMatch(e -> e.getKey().sent.size() >= e.getValue() + SOME));
  }

  /** Messages from one user to another, one after the other. */
  private static final class Traffic {
    private final KeypostClient from;
    private final KeypostClient to;
    private final Path payload;
    private final Map<Digest, SentMessage> sent = new ConcurrentHashMap<>();

    Traffic(KeypostClient from, KeypostClient to, Path payload) {
      this.from = from;
      this.to = to;
      this.payload = payload;
    }

    Void flow(CountDownLatch end) throws Exception {
      while (!end.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        Sealing message =
            Sealing.of(from.deviceKey(), to.certificate(), "number " + (sent.size() + 1));
        Files.write(payload, message.payload().toByteArray());
        // The same sealed message until somebody says that it is accepted: harmless by design.
        await()
            .atMost(PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(PAUSE)
            .until(() -> isAccepted(message));
        sent.put(message.envelope().envelopeDigest(), message.sent());
      }
      return null;
    }

    private boolean isAccepted(Sealing message) {
      try {
        return patiently(() -> new Submissions(from.provider()).post(message.head(), payload))
                .getFirst()
            instanceof Status.Accepted;
      } catch (RefusedException e) {
        // The sender knows the new root already, and his provider's server renews in this moment.
        if (e.code() == RefusalCode.CERTIFICATE_UNTRUSTED) {
          return false;
        }
        throw e;
      }
    }

    void assertEachDeliveredOnce() {
      await()
          .atMost(PATIENCE)
          .pollInterval(PAUSE)
          .until(() -> patiently(to::fetch).size() >= sent.size());
      assertThat(
              to.fetched().stream()
                  .map(message -> message.signed().envelopeDigest())
                  .collect(Collectors.toList()))
          .as("each once, by %s", from.address())
          .containsExactlyInAnyOrderElementsOf(sent.keySet());
      await()
          .atMost(PATIENCE)
          .pollInterval(PAUSE)
          .untilAsserted(
              () -> {
                List<OutcomeView> outcomes = patiently(() -> from.outcomes(sent.values()));
                assertThat(outcomes).hasSize(sent.size());
                assertThat(outcomes)
                    .as("delivered, with a receipt that proves it under either root")
                    .allSatisfy(
                        outcome -> {
                          assertThat(outcome.state()).isEqualTo(OutcomeView.State.DELIVERED);
                          assertThat(outcome.receipt()).isInstanceOf(ReceiptProof.Verified.class);
                        });
              });
    }
  }
}
