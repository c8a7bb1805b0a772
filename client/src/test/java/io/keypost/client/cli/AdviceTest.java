package io.keypost.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.client.TrustChain;
import io.keypost.client.TrustChain.BrokenLink;
import io.keypost.client.TrustChain.Kind;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is advised fits the command that was refused. */
class AdviceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keypost enrol            | CODE_INVALID        | one-time code",
        "keypost operator alias   | CONSENT_MISSING     | keypost alias consent",
        "keypost operator domain  | FORBIDDEN           | --admin-token-file",
        "keypost send             | RECIPIENT_UNKNOWN   | keypost whois",
        "keypost read             | SIGNATURE_INVALID   | nothing of it is shown",
        "keypost fetch            | ASSERTION_INVALID   | operator",
        "keypost whois            | PIN_MISSING         | how it is written",
        "keypost send             | RATE_LIMITED        | try again in 30 s",
        "keypost send             | KEY_CHANGED         | Send it again",
      })
  void fitsTheCommandThatWasRefused(String command, RefusalCode code, String advice) {
    assertThat(Advice.of(Refusal.of(code, "why"), command)).contains(advice);
  }

  @ParameterizedTest
  @CsvSource({
    "keypost read, NOT_FOUND",
    "keypost root show, NOT_FOUND",
    "keypost root sign, SECRET_KEY_UNUSABLE",
    "keypost send, MESSAGE_MALFORMED",
    "keypost enrol, FORBIDDEN",
    "keypost whois, RECIPIENT_UNKNOWN",
    "keypost fetch, KEY_CHANGE_UNSIGNED",
    "keypost operator code, ASSERTION_INVALID",
  })
  void saysNothingWhereNothingIsKnownToFit(String command, RefusalCode code) {
    assertThat(Advice.of(Refusal.of(code, "why"), command)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void isOneSentenceOrNoneForEveryCode(RefusalCode code) {
    for (String command :
        List.of("keypost send", "keypost read", "keypost operator x", "keypost")) {
      assertThat(Advice.of(Refusal.of(code, "why"), command))
          .satisfiesAnyOf(
              none -> assertThat(none).isEmpty(),
              some -> assertThat(some).doesNotContain("\n", "null").matches("[A-Z].*[.A-Z]"));
    }
  }

  @Test
  void theReasonForABrokenChainIsNotSaidAgain() {
    RefusedException reason = RefusedException.of(RefusalCode.PIN_MISSING, "no pin in DNS");
    RefusedException ended =
        WhoisCommand.ended(
            new TrustChain(
                Address.parse("bob@beta.test"),
                List.of(),
                Optional.empty(),
                Optional.of(new BrokenLink(Kind.PIN, "beta.test", Commands.NOW, reason))),
            reason);

    assertThat(ended.code()).isEqualTo(RefusalCode.PIN_MISSING);
    assertThat(ended.isTemporary()).isTrue();
    assertThat(ended.refusal().detail())
        .isEqualTo("the chain of trust of bob@beta.test breaks at the link pin");
  }

  @Test
  void whatNobodyForesawIsToldAsAFaultOfTheProgram() {
    assertThat(Failure.of(new IllegalStateException("no state")))
        .isEqualTo(
            new Failure(
                "fault",
                "this is a fault of Keypost, not yours (IllegalStateException: no state)",
                "Please report it, with what KEYPOST_TRACE=1 shows of it."));
    assertThat(Failure.of(new IOException("broken pipe")).detail())
        .isEqualTo("reading or writing failed: broken pipe");
    assertThat(
            Failure.of(
                new IllegalStateException(
                    new UncheckedIOException(new AccessDeniedException("/etc/shadow")))))
        .extracting(Failure::code, Failure::detail)
        .containsExactly("file_denied", "you may not use /etc/shadow");
  }
}
