package io.keypost.protocol.record;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;

/** When a record is good. */
final class RecordTimes {
  /** How far ahead a signer's clock may be. */
  static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(5);

  private RecordTimes() {}

  /** A record that lives longer than its kind, or ends before it begins, is none. */
  static void requireLife(SignedRecord record) {
    record
        .kind()
        .life()
        .ifPresent(
            longest -> {
              Instant expiry = record.expires().orElseThrow();
              if (!expiry.isAfter(record.issuedAt())
                  || expiry.isAfter(record.issuedAt().plus(longest))) {
                throw new IllegalArgumentException(
                    "it ends before it begins, or lives longer than " + longest);
              }
            });
  }

  /**
   * Refuses a record that is past its life, not begun, or of a life that its kind does not have.
   */
  static void requireGood(SignedRecord record, Instant now) {
    String typ = record.kind().typ();
    try {
      requireLife(record);
    } catch (IllegalArgumentException e) {
      throw RefusedException.of(RefusalCode.RECORD_MALFORMED, typ + ": " + e.getMessage(), e);
    }
    if (record.issuedAt().isAfter(now.plus(MAX_CLOCK_DIFFERENCE))) {
      throw RefusedException.of(
          RefusalCode.CLOCK_WRONG,
          typ + ": its signer's clock said " + record.issuedAt() + ", this clock says " + now);
    }
    record
        .expires()
        .filter(expiry -> !now.isBefore(expiry))
        .ifPresent(
            expiry -> {
              throw RefusedException.of(
                  RefusalCode.RECORD_EXPIRED, typ + ": it ended at " + expiry);
            });
  }
}
