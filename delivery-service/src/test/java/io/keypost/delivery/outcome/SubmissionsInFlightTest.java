package io.keypost.delivery.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.Submission;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestConfig;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.fixture.TestOperator;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.delivery.store.SubmissionStore;
import io.keypost.delivery.work.Stopping;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The metric of what is under way, on PostgreSQL. */
class SubmissionsInFlightTest {
  private static final Instant NOW = TestMail.NOW.plusSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestMail mail = new TestMail(37);
  private final TestOperator alpha = new TestOperator("alpha.test", TestMail.NOW);
  private final SubmissionStore submissions = new SubmissionStore();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Stopping stopping = new Stopping();
  @RegisterExtension private final TestDatabase database = new TestDatabase();
  private final Database access = database.access();

  @Test
  @DisplayName("KP-OUT-7: what was submitted and has no outcome is in flight")
  void whatWasSubmittedAndHasNoOutcomeIsInFlight() {
    submitted();
    submitted();
    HeldMail ended = submitted();
    TerminalOutcome outcome = new TerminalOutcome.Expired();
    access.transact(
        connection ->
            new OutcomeStore()
                .settle(
                    connection,
                    List.of(
                        Settlement.plain(
                            ended.facts(),
                            outcome,
                            NOW,
                            alpha.receipts().sign(ended.facts(), outcome, NOW, alpha.domain)))));
    SubmissionsInFlight inFlight =
        new SubmissionsInFlight(
            access, submissions, () -> NOW, registry, TestConfig.withRoles("outcome"), stopping);

    inFlight.begin(new StartupEvent());
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(registry.get(SubmissionsInFlight.METRIC).gauge().value())
                      .isEqualTo(2));
    } finally {
      stopping.begin();
      inFlight.end(new ShutdownEvent());
    }
  }

  @Test
  void anotherRoleShowsNoSuchMetric() {
    SubmissionsInFlight inFlight =
        new SubmissionsInFlight(
            access, submissions, () -> NOW, registry, TestConfig.withRoles("jmap"), stopping);

    inFlight.begin(new StartupEvent());
    inFlight.end(new ShutdownEvent());

    assertThat(registry.find(SubmissionsInFlight.METRIC).gauge()).isNull();
  }

  private HeldMail submitted() {
    HeldMail held = mail.held("alice@alpha.test", "bob@beta.test");
    access.transact(
        connection ->
            submissions.insert(
                connection,
                List.of(new Submission(held.facts(), held.key().recipient(), TestMail.NOW, NOW))));
    return held;
  }
}
