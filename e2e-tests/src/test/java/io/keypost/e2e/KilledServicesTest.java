package io.keypost.e2e;

import static io.keypost.e2e.TwoProviders.PATIENCE;
import static io.keypost.e2e.TwoProviders.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.client.FetchedMessage;
import io.keypost.client.KeypostClient;
import io.keypost.client.OutcomeView;
import io.keypost.client.SentMessage;
import io.keypost.client.provider.Submissions;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.Status;
import io.keypost.stack.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * T22: a service that is killed at any moment loses nothing and makes nothing twice (KP-OUT-8). The
 * moments are random: {@code -Dkeypost.seed=N} chooses those of a run before again.
 */
@ExtendWith(TwoProviders.Extension.class)
class KilledServicesTest {
  private static final int MESSAGES = 500;
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Longest time from the message at which a service is to be killed until it is. */
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(3);

  @TempDir private Path directory;

  @Test
  @DisplayName("T22: kill -9 of each of the ten services in turn, while 500 messages cross")
  void deliversEachOf500MessagesOnceThoughEveryServiceIsKilled(TwoProviders providers)
      throws Exception {
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient bob = providers.newUser("bob", "beta.test");
    List<ServiceProcess> services = providers.stack().services();
    Map<Integer, ServiceProcess> victims = new HashMap<>();
    Map<Digest, SentMessage> sent = new HashMap<>();
    long seed = Long.getLong("keypost.seed", System.nanoTime());
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    System.out.println("services are killed at moments of -Dkeypost.seed=" + seed);
    int stretch = MESSAGES / services.size();
    for (int i = 0; i < services.size(); i++) {
      victims.put(i * stretch + random.nextInt(stretch), services.get(i));
    }

    List<ScheduledFuture<?>> killed = new ArrayList<>();
    try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
      for (int number = 0; number < MESSAGES; number++) {
        ServiceProcess victim = victims.get(number);
        if (victim != null) {
          killed.add(
              killer.schedule(
                  () -> killAndStart(victim),
                  random.nextLong(LONGEST_DELAY.toMillis()),
                  TimeUnit.MILLISECONDS));
        }
        Sealing message = Sealing.of(alice.deviceKey(), bob.certificate(), "number " + number);
        submitUntilAccepted(alice, message);
        sent.put(message.envelope().envelopeDigest(), message.sent());
      }
    }
    assertThat(killed).hasSameSizeAs(services);
    for (ScheduledFuture<?> each : killed) {
      each.get();
    }

    await()
        .atMost(PATIENCE)
        .pollInterval(PAUSE)
        .until(() -> patiently(bob::fetch).size() >= MESSAGES);
    List<FetchedMessage> fetched = bob.fetched();
    assertThat(fetched).as("each once").hasSize(MESSAGES);
    assertThat(
            fetched.stream()
                .map(message -> message.signed().envelopeDigest())
                .collect(Collectors.toSet()))
        .isEqualTo(sent.keySet());
    assertThat(
            fetched.stream()
                .map(message -> patiently(() -> bob.read(message)).mime())
                .collect(Collectors.toSet()))
        .as("each read")
        .hasSize(MESSAGES);

    await()
        .atMost(PATIENCE)
        .pollInterval(PAUSE)
        .until(
            () ->
                patiently(() -> alice.outcomes(sent.values())).stream()
                        .filter(outcome -> outcome.state().isFinal())
                        .count()
                    >= MESSAGES);
    List<OutcomeView> outcomes = patiently(() -> alice.outcomes(sent.values()));
    assertThat(outcomes).as("one outcome for each").hasSize(MESSAGES);
    assertThat(outcomes).allMatch(outcome -> outcome.state() == OutcomeView.State.DELIVERED);
    assertThat(outcomes.stream().map(OutcomeView::envelopeDigest).collect(Collectors.toSet()))
        .isEqualTo(sent.keySet());
  }

  /** In the middle of whatever it does, beside the messages that go on. */
  private static void killAndStart(ServiceProcess victim) {
    System.out.println("killing " + victim);
    victim.kill();
    victim.start();
  }

  /** The same sealed message again, until somebody says that it is accepted: harmless by design. */
  private void submitUntilAccepted(KeypostClient sender, Sealing message) throws IOException {
    Path payload = Files.write(directory.resolve("payload"), message.payload().toByteArray());
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .until(
            () ->
                patiently(() -> new Submissions(sender.provider()).post(message.head(), payload))
                        .getFirst()
                    instanceof Status.Accepted);
  }
}
