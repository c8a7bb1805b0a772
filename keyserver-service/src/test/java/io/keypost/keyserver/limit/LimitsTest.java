package io.keypost.keyserver.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** T15: what a proof of identity costs its caller, and when. */
class LimitsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T06:00:00Z");
  private static final String NETWORK = "network c0000201";

  private final Limits limits =
      new Limits(new TokenBuckets(2 * Limits.STRANGER_COST, 1, 10, () -> NOW));
  private int proofs;

  @Test
  void whoCannotPayMakesNoWorkByKpKsv5() {
    Supplier<String> forged = this::forged;
    assertRefused(RefusalCode.CERTIFICATE_UNTRUSTED, forged);
    assertRefused(RefusalCode.CERTIFICATE_UNTRUSTED, forged);

    assertRefused(RefusalCode.RATE_LIMITED, forged);
    assertRefused(RefusalCode.RATE_LIMITED, () -> "alice");
    assertThat(proofs).isEqualTo(2);
  }

  @Test
  void aProofThatSucceedsCostsItsNetworkNothing() {
    for (int i = 0; i < 10; i++) {
      assertThat(limits.prove(NETWORK, () -> "alice")).isEqualTo("alice");
    }
  }

  private String forged() {
    proofs++;
    throw RefusedException.of(RefusalCode.CERTIFICATE_UNTRUSTED, "self-made");
  }

  private void assertRefused(RefusalCode code, Supplier<String> proof) {
    assertThatThrownBy(() -> limits.prove(NETWORK, proof))
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
