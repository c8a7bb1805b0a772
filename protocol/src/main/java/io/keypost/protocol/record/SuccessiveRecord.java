package io.keypost.protocol.record;

import java.time.Instant;

/** A record that replaces an earlier one about the same thing, ordered by {@code (gen, seq)}. */
public sealed interface SuccessiveRecord extends SignedRecord
    permits DomainRecord, AddressRecord, ServersRecord, RevocationsRecord {
  /** The generation: that of the domain's root statement when it was signed. */
  long gen();

  /** Rises with every change of what the record says, within a generation. */
  long seq();

  /**
   * The same record with all that a renewal may change set to one fixed value: times, an embedded
   * consent and the load of servers. Two records of one {@code (gen, seq)} must be equal in this
   * form.
   */
  SuccessiveRecord withoutRenewal();

  /** The time that {@link #withoutRenewal()} puts in the place of {@code iat} and {@code exp}. */
  Instant NO_TIME = Instant.EPOCH;
}
