package io.keypost.keyserver.pin;

import io.keypost.directory.Incident;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Keeps what services found that a person must look at. Waits for the database. */
@Singleton
public class IncidentLedger {
  /** Roots that are kept for one domain: whoever shows more shows nothing new. */
  public static final int MAX_HELD = 16;

  /** Records that are kept under one kind, subject, gen and seq: two are proof. */
  public static final int MAX_CONTRADICTING = 4;

  /** Most records in one answer. */
  public static final int MAX_PAGE = 100;

  private final Transactions transactions;
  private final InstantSource clock;

  @Inject
  IncidentLedger(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Keeps either kind. */
  public void keep(Incident incident) {
    switch (incident) {
      case Incident.BrokenContinuity broken ->
          hold(broken.domain(), broken.shown(), broken.security());
      case Incident.Equivocation proof -> {
        keep(
            new Contradicting(
                proof.kind(), proof.subject(), proof.gen(), proof.seq(), proof.kept()));
        keep(
            new Contradicting(
                proof.kind(), proof.subject(), proof.gen(), proof.seq(), proof.contradicting()));
      }
    }
  }

  /** Notes that the domain shows a root that nobody announced. */
  public void hold(MailDomain domain, Digest root, DnsSecurity security) {
    transactions.inTransaction(
        () ->
            Panache.getSession()
                .chain(
                    session ->
                        session
                            .createNativeQuery(
                                "insert into held_root (domain, root, security, first_seen,"
                                    + " last_seen) select ?1, ?2, ?3, ?4, ?4 where (select"
                                    + " count(*) from held_root where domain = ?1 and root <> ?2)"
                                    + " < ?5 on conflict (domain, root) do update set security ="
                                    + " excluded.security, last_seen = excluded.last_seen")
                            .setParameter(1, domain.value())
                            .setParameter(2, root.base64Url())
                            .setParameter(3, security.name())
                            .setParameter(4, clock.instant())
                            .setParameter(5, MAX_HELD)
                            .executeUpdate()));
  }

  /**
   * A verified record that another one of the same kind, subject, gen and seq contradicts.
   *
   * @param jws as it is carried: whoever trusts the domain's root can verify it
   */
  public record Contradicting(String kind, String subject, long gen, long seq, String jws) {}

  /** Keeps a record. */
  public void keep(Contradicting record) {
    transactions.inTransaction(
        () ->
            Panache.getSession()
                .chain(
                    session ->
                        session
                            .createNativeQuery(
                                "insert into contradicting_record (kind, subject, gen, seq, digest,"
                                    + " jws, received) select ?1, ?2, ?3, ?4, ?5, ?6, ?7 where"
                                    + " (select count(*) from contradicting_record where kind = ?1"
                                    + " and subject = ?2 and gen = ?3 and seq = ?4) < ?8 on"
                                    + " conflict do nothing")
                            .setParameter(1, record.kind())
                            .setParameter(2, record.subject())
                            .setParameter(3, record.gen())
                            .setParameter(4, record.seq())
                            .setParameter(
                                5, Digest.sha256(Bytes.utf8(record.jws())).octets().toByteArray())
                            .setParameter(6, record.jws())
                            .setParameter(7, clock.instant())
                            .setParameter(8, MAX_CONTRADICTING)
                            .executeUpdate()));
  }

  /** A kept record, and when it came. */
  public record Kept(Contradicting record, Instant received) {}

  /**
   * The newest records that contradict others.
   *
   * @param count 1 to {@link #MAX_PAGE}; brought into these bounds
   */
  public List<Kept> newest(int count) {
    return transactions.reading(() -> rows(Math.clamp(count, 1, MAX_PAGE)));
  }

  private static Uni<List<Kept>> rows(int count) {
    return Panache.getSession()
        .chain(
            session ->
                session
                    .createNativeQuery(
                        "select kind, subject, gen, seq, jws, received from contradicting_record"
                            + " order by received desc, kind, subject, gen, seq, digest limit ?1",
                        Object[].class)
                    .setParameter(1, count)
                    .getResultList())
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new Kept(
                                new Contradicting(
                                    (String) row[0],
                                    (String) row[1],
                                    ((Number) row[2]).longValue(),
                                    ((Number) row[3]).longValue(),
                                    (String) row[4]),
                                instant(row[5])))
                    .toList());
  }

  /** What a driver makes of a timestamptz is its own affair. */
  private static Instant instant(Object value) {
    return value instanceof Instant instant
        ? instant
        : ((java.time.OffsetDateTime) value).toInstant();
  }
}
