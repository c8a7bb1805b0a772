package io.keypost.delivery.custody;

import io.keypost.protocol.Bytes;
import java.time.Instant;
import java.util.Optional;

/**
 * An outcome about to be made final, if none stands.
 *
 * @param mail what it is about
 * @param outcome how it ends
 * @param detail why, in words for the sender; at most 500 characters
 * @param record for {@code moved}: the signed record with the new pointer; left out when it is
 *     longer than {@link #MAX_RECORD_OCTETS}: the sender's client looks the address up anyway
 * @param decidedAt when
 * @param proof who vouches for it
 */
public record Settlement(
    MailFacts mail,
    TerminalOutcome outcome,
    Optional<String> detail,
    Optional<String> record,
    Instant decidedAt,
    Proof proof) {
  /** Longest record that is kept beside an outcome: some 40 statements of an address. */
  public static final int MAX_RECORD_OCTETS = 64 << 10;

  /** Leaves out a record that is too long. */
  public Settlement {
    record = record.filter(jws -> Bytes.utf8(jws).size() <= MAX_RECORD_OCTETS);
  }

  /** Nothing but the outcome itself has to be said. */
  public static Settlement plain(
      MailFacts mail, TerminalOutcome outcome, Instant decidedAt, Proof proof) {
    return new Settlement(mail, outcome, Optional.empty(), Optional.empty(), decidedAt, proof);
  }
}
