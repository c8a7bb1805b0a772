package io.keypost.protocol.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** From a refusal to the status of its answer, and back from what HTTP refused by itself. */
class RefusalStatusTest {

  @ParameterizedTest
  @EnumSource
  @DisplayName("KP-REF-6: the status says by its class whether the same again may be taken")
  void theStatusSaysWhetherTheSameAgainMayBeTaken(RefusalCode code) {
    int status = RefusalStatus.of(code);

    switch (code.kind()) {
      case RETRY_AFTER -> assertThat(status).isIn(429, 503);
      case NEEDS_CLIENT -> assertThat(status).isEqualTo(409);
      case PERMANENT -> assertThat(status).isIn(400, 401, 403, 404, 409, 413);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UNAUTHENTICATED, 401",
    "TOKEN_EXPIRED, 401",
    "CERTIFICATE_MISSING, 401",
    "FORBIDDEN, 403",
    "SENDER_NOT_TOKEN, 403",
    "CERTIFICATE_REVOKED, 403",
    "OPERATOR_NOT_NAMED, 403",
    "NOT_FOUND, 404",
    "CONFLICT, 409",
    "MOVED, 409",
    "PAYLOAD_TOO_LARGE, 413",
    "RATE_LIMITED, 429",
    "CONSENT_SUSPENDED, 429",
    "BUSY, 503",
    "BROKER_UNAVAILABLE, 503",
    "MALFORMED_REQUEST, 400",
    "ASSERTION_INVALID, 400",
    "CERTIFICATE_MALFORMED, 400",
  })
  @DisplayName("KP-REF-6: a code has its status of docs/protocol.md")
  void aCodeHasItsStatus(RefusalCode code, int status) {
    assertThat(RefusalStatus.of(code)).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "404, NOT_FOUND",
    "413, PAYLOAD_TOO_LARGE",
    "405, MALFORMED_REQUEST",
    "415, MALFORMED_REQUEST",
    "500, UNAVAILABLE",
    "503, UNAVAILABLE",
  })
  void whatHttpRefusesByItselfHasACode(int status, RefusalCode code) {
    assertThat(RefusalStatus.codeFor(status)).isEqualTo(code);
  }

  @Test
  void aMissingThingIsTheSameBothWays() {
    assertThat(RefusalStatus.of(RefusalStatus.codeFor(404))).isEqualTo(404);
  }
}
