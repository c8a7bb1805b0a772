package io.keypost.protocol.record;

import java.time.Instant;
import java.util.Optional;

/**
 * What a signed record says. Times are whole seconds, as JSON carries them (RFC 7519 NumericDate).
 */
public sealed interface SignedRecord
    permits SuccessiveRecord, RootStatement, ConsentRecord, ReceiptRecord {
  /** Which kind it is. */
  RecordKind kind();

  /** When it was signed. */
  Instant issuedAt();

  /** When it ends; empty for a record that is kept. */
  Optional<Instant> expires();
}
