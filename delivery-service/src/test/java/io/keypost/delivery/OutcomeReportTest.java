package io.keypost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.Proof;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestMail;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutcomeReportTest {
  private final TestMail mail = new TestMail(41);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final OutcomeReport report = new OutcomeReport(registry);

  @Test
  @DisplayName("a peer that makes up codes makes no meters")
  void countsCodesThatAreNotListedTogether() {
    report.on(
        settled(
            IntStream.range(0, 1000)
                .<TerminalOutcome>mapToObj(
                    i ->
                        i % 2 == 0
                            ? new TerminalOutcome.Refused("made_up_" + i)
                            : new TerminalOutcome.NeedsClient("made_up_" + i))));

    assertThat(registry.getMeters()).hasSize(2);
    assertThat(count("refused", "other")).isEqualTo(500);
    assertThat(count("needs_client", "other")).isEqualTo(500);
  }

  @Test
  void countsWhatIsListedByItsCode() {
    report.on(
        settled(
            Stream.of(
                new TerminalOutcome.Delivered(),
                new TerminalOutcome.Expired(),
                new TerminalOutcome.Unconfirmed(),
                new TerminalOutcome.Refused("policy"),
                new TerminalOutcome.NeedsClient("moved"))));

    assertThat(registry.getMeters().stream().map(Meter::getId).map(id -> id.getTag("code")))
        .containsExactlyInAnyOrder("none", "none", "unconfirmed", "policy", "moved");
  }

  private double count(String outcome, String code) {
    return registry
        .get("keypost.outcomes")
        .tags("outcome", outcome, "code", code)
        .counter()
        .count();
  }

  private OutcomesSettled settled(Stream<TerminalOutcome> outcomes) {
    List<Settlement> settlements =
        outcomes
            .map(
                outcome ->
                    Settlement.plain(
                        mail.facts("alice@alpha.test", "bob@beta.test"),
                        outcome,
                        TestMail.NOW,
                        new Proof.Unsigned()))
            .toList();
    return new OutcomesSettled("test", settlements);
  }
}
