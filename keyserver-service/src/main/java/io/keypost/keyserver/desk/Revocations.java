package io.keypost.keyserver.desk;

import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.RevocationRow;
import io.keypost.protocol.Digest;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.RevocationsRecord.Subject;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Adds to what a domain has revoked. Everything here runs in a transaction that has locked the
 * domain's row, so that no number is given twice; the next reader of kp-revocations sees it.
 */
@Singleton
public class Revocations {
  /**
   * How long the revocation of a user's key is told of: longer than any envelope that it signed
   * lives. After that the user's own certificate, which carries the revocation for good, is what
   * tells.
   */
  public static final Duration KEYS_SHOWN = Duration.ofDays(30);

  private final InstantSource clock;

  @Inject
  Revocations(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Revokes a certificate of the domain; revoking twice changes nothing.
   *
   * @param until its own end
   * @return whether it was not revoked before
   * @throws RefusedException {@code busy} when the record is full
   */
  public Uni<Boolean> certificate(DomainRow locked, Digest certificate, Instant until) {
    return add(locked, Subject.CERTIFICATE, certificate, until);
  }

  /**
   * Revokes an OpenPGP key of a user of the domain, for those who keep his certificate still.
   *
   * @param fingerprint of the primary key or subkey, version 6
   * @return whether it was not revoked before
   * @throws RefusedException {@code busy} when the record is full
   */
  public Uni<Boolean> key(DomainRow locked, Digest fingerprint) {
    return add(locked, Subject.KEY, fingerprint, clock.instant().plus(KEYS_SHOWN));
  }

  private Uni<Boolean> add(DomainRow locked, Subject subject, Digest id, Instant until) {
    Instant now = clock.instant();
    return RevocationRow.of(locked.name, id.octets().toByteArray())
        .chain(
            known ->
                known > 0
                    ? Uni.createFrom().item(false)
                    : RevocationRow.counting(locked.name, now)
                        .chain(
                            counting -> {
                              if (counting.size() >= RevocationsRecord.MAX_ENTRIES) {
                                throw RefusedException.of(
                                    RefusalCode.BUSY,
                                    locked.name + " has revoked as much as its record can say now");
                              }
                              return append(locked, subject, id, now, until);
                            }));
  }

  private static Uni<Boolean> append(
      DomainRow locked, Subject subject, Digest id, Instant now, Instant until) {
    RevocationRow row = new RevocationRow();
    row.domain = locked.name;
    row.number = locked.nextRevocation;
    row.subject = subject;
    row.id = id.octets().toByteArray();
    row.at = now;
    row.until = until;
    locked.nextRevocation++;
    locked.revocationsRecord.stale = true;
    return row.persist().replaceWith(true);
  }
}
