package io.keypost.keyserver.desk;

import io.keypost.keyserver.store.Audit;
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
import java.util.List;
import java.util.function.Function;

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

  /** Most keys of users that one domain's record shows: there is room left for certificates. */
  public static final int MAX_KEYS = RevocationsRecord.MAX_ENTRIES / 2;

  private final Audit audit;
  private final InstantSource clock;

  @Inject
  Revocations(Audit audit, InstantSource clock) {
    this.audit = audit;
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
    return add(
        locked,
        Subject.CERTIFICATE,
        certificate,
        until,
        counting -> certificateFits(locked, counting));
  }

  /**
   * Revokes an OpenPGP key of a user of the domain, for those who keep his certificate still
   * (KP-REC-24). Where users have revoked {@value #MAX_KEYS} already this one is left out, which
   * the audit log tells: what ends the key, its certificate or its address's record, says so all
   * the same, and nobody who lost a device is turned away because others lost theirs.
   *
   * @param fingerprint of the primary key or subkey, version 6
   * @return whether it stands there from now on and did not before
   */
  public Uni<Boolean> key(DomainRow locked, Digest fingerprint) {
    Instant until = clock.instant().plus(KEYS_SHOWN);
    return add(
        locked,
        Subject.KEY,
        fingerprint,
        until,
        counting -> {
          if (counting.stream().filter(row -> row.subject == Subject.KEY).count() < MAX_KEYS) {
            return Uni.createFrom().item(true);
          }
          return audit
              .add(
                  Audit.SERVICE,
                  "revocation-left-out",
                  locked.name,
                  "kp-revocations is full of users' keys: " + fingerprint.octets().hex())
              .replaceWith(false);
        });
  }

  private static Uni<Boolean> certificateFits(DomainRow locked, List<RevocationRow> counting) {
    if (counting.size() >= RevocationsRecord.MAX_ENTRIES) {
      throw RefusedException.of(
          RefusalCode.BUSY, locked.name + " has revoked as much as its record can say now");
    }
    return Uni.createFrom().item(true);
  }

  private Uni<Boolean> add(
      DomainRow locked,
      Subject subject,
      Digest id,
      Instant until,
      Function<List<RevocationRow>, Uni<Boolean>> fits) {
    Instant now = clock.instant();
    return RevocationRow.of(locked.name, id.octets().toByteArray())
        .chain(
            known ->
                known > 0
                    ? Uni.createFrom().item(false)
                    : RevocationRow.counting(locked.name, now)
                        .chain(fits::apply)
                        .chain(
                            room ->
                                room
                                    ? append(locked, subject, id, now, until)
                                    : Uni.createFrom().item(false)));
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
