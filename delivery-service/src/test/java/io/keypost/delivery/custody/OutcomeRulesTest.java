package io.keypost.delivery.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.fixture.TestMail;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;
import io.keypost.protocol.refusal.RefusalScope;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** KP-OUT-3, KP-OUT-5, KP-REF-2. */
class OutcomeRulesTest {
  private final TestMail mail = new TestMail(3);
  private final MailFacts facts = mail.facts("alice@alpha.test", "bob@beta.test");

  @Test
  void deliversUntilTheLastInstantOfAnEnvelopesLifeAndNotAtItsEnd() {
    assertThat(
            OutcomeRules.atMailbox(
                facts, facts.key().envelopeDigest(), facts.expires().minusNanos(1)))
        .isEqualTo(new TerminalOutcome.Delivered());
    assertThat(OutcomeRules.atMailbox(facts, facts.key().envelopeDigest(), facts.expires()))
        .isEqualTo(new TerminalOutcome.Expired());
  }

  @Test
  void refusesAnIdThatAnotherEnvelopeHolds() {
    MailFacts other = mail.facts("alice@alpha.test", "bob@beta.test");

    assertThat(OutcomeRules.atMailbox(facts, other.key().envelopeDigest(), TestMail.NOW))
        .isEqualTo(new TerminalOutcome.Refused("id_reused"));
  }

  @Test
  void keepsAnIdTakenForADayAfterTheLife() {
    assertThat(OutcomeRules.claimUntil(facts)).isEqualTo(facts.expires().plus(Duration.ofDays(1)));
  }

  @ParameterizedTest
  @EnumSource(RefusalCode.class)
  void endsAnEnvelopeByEveryFinalCodeOfScopeOutcomeAndByNoOtherByKpRef2(RefusalCode code) {
    Optional<TerminalOutcome> end = OutcomeRules.of(Refusal.of(code, "why"));

    assertThat(end.isPresent())
        .isEqualTo(code.kind() != RefusalKind.RETRY_AFTER && code.scope() == RefusalScope.OUTCOME);
    end.ifPresent(outcome -> assertThat(outcome.codeText()).contains(code.wire()));
  }

  @ParameterizedTest
  @EnumSource(RefusalCode.class)
  void endsAnEnvelopeByWhatAPeerSaysOfTheMessageAndNotOfItsCallerByKpRef2(RefusalCode code) {
    Set<String> aboutTheMessage =
        Set.of("payload_too_large", "payload_malformed", "digest_mismatch", "size_mismatch");
    Refusal refusal = Refusal.of(code, "why");

    Optional<TerminalOutcome> end = OutcomeRules.ofAnswer(refusal);

    assertThat(end)
        .isEqualTo(
            aboutTheMessage.contains(code.wire())
                ? Optional.of(new TerminalOutcome.Refused(code.wire()))
                : OutcomeRules.of(refusal));
  }

  @Test
  void readsEveryOutcomeBackFromItsWordAndCode() {
    for (TerminalOutcome outcome :
        java.util.List.of(
            new TerminalOutcome.Delivered(),
            new TerminalOutcome.Expired(),
            new TerminalOutcome.Unconfirmed(),
            new TerminalOutcome.Refused("policy"),
            new TerminalOutcome.NeedsClient("moved"))) {
      assertThat(TerminalOutcome.of(outcome.word(), outcome.codeText())).isEqualTo(outcome);
    }
  }
}
