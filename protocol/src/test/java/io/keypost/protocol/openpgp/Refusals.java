package io.keypost.protocol.openpgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Expects refusals. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(RefusalCode code, ThrowingCallable action) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, action);
    assertThat(refused).as("refused as " + code).isNotNull();
    assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code);
  }

  static void assertRefused(RefusalCode code, String because, ThrowingCallable action) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, action);
    assertThat(refused).as("refused as " + code).isNotNull();
    assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code);
    assertThat(refused.refusal().detail()).contains(because);
  }
}
