package io.keypost.protocol.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
  @ParameterizedTest(name = "KP-REF-1: {0} says whether to retry")
  @EnumSource
  void everyCodeSaysWhetherToRetry(RefusalCode code) {
    Refusal refusal = Refusal.of(code, "why");
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal)
        .isInstanceOf(
            switch (code.kind()) {
              case RETRY_AFTER -> Refusal.RetryAfter.class;
              case NEEDS_CLIENT -> Refusal.NeedsClient.class;
              case PERMANENT -> Refusal.Permanent.class;
            });
    assertThat(RefusalCode.byWire(code.wire())).contains(code);
    assertThat(code.wire()).matches("[a-z_]{4,40}");
  }

  @Test
  void whatWaitsIsNeverTerminalByKpRef2() {
    assertThat(RefusalCode.values())
        .filteredOn(code -> code.kind() == RefusalKind.RETRY_AFTER)
        .allMatch(code -> code.scope() == RefusalScope.ANSWER);
  }

  @Test
  void doesNotKnowACodeThatIsNotListed() {
    assertThat(RefusalCode.byWire("no_such_code")).isEmpty();
  }

  @Test
  void refusesAKindThatDoesNotBelongToTheCode() {
    assertThatThrownBy(() -> new Refusal.Permanent(RefusalCode.BUSY, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bringsWaitAndDetailIntoTheirBoundsByKpRef3() {
    Refusal.RetryAfter refusal =
        new Refusal.RetryAfter(
            RefusalCode.BUSY, Duration.ofDays(1), "a\r\nb\u0000\u202ec" + "d".repeat(10_000));
    assertThat(refusal.after()).isEqualTo(Refusal.MAX_RETRY);
    assertThat(refusal.detail()).hasSize(500).startsWith("a\ufffd\ufffdb\ufffd\ufffdcd");
    assertThat(new Refusal.RetryAfter(RefusalCode.BUSY, Duration.ofSeconds(-1), "").after())
        .isZero();
    assertThat(Refusal.of(RefusalCode.POLICY, "😀".repeat(300)).detail().codePointCount(0, 500))
        .isEqualTo(250);
  }
}
