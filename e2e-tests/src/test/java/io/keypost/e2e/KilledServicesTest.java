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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** T22: a service that is killed at any moment loses nothing and makes nothing twice (KP-OUT-8). */
@ExtendWith(TwoProviders.Extension.class)
class KilledServicesTest {
  private static final int MESSAGES = 500;
  private static final Duration PAUSE = Duration.ofMillis(200);

  @TempDir private Path directory;

  @Test
  @DisplayName("T22: kill -9 of each of the ten services in turn, while 500 messages cross")
  void deliversEachOf500MessagesOnceThoughEveryServiceIsKilled(TwoProviders providers)
      throws Exception {
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient bob = providers.newUser("bob", "beta.test");
    List<ServiceProcess> services = providers.stack().services();
    int between = MESSAGES / (services.size() + 1);
    Map<Digest, SentMessage> sent = new HashMap<>();

    for (int number = 0; number < MESSAGES; number++) {
      if (number > 0 && number % between == 0 && number / between <= services.size()) {
        ServiceProcess victim = services.get(number / between - 1);
        victim.kill();
        victim.start();
      }
      Sealing message = Sealing.of(alice.deviceKey(), bob.certificate(), "number " + number);
      submitUntilAccepted(alice, message);
      sent.put(message.envelope().envelopeDigest(), message.sent());
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
