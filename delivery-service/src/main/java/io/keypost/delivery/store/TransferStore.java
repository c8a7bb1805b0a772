package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.octets;
import static io.keypost.delivery.store.Columns.texts;
import static io.keypost.delivery.store.Columns.times;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.handover.Destination;
import io.keypost.delivery.handover.Doubt;
import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.handover.Outbound;
import io.keypost.delivery.handover.Postponed;
import io.keypost.delivery.work.LeaseTerms;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.SignedEnvelope;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Envelopes on their way to other operators: a queue that any number of workers may share. */
@ApplicationScoped
public class TransferStore {

  // An envelope whose outcome stands (a replay, or a receipt that was faster) is not queued again.
  private static final String ENQUEUE =
      """
      insert into transfer (recipient, envelope_digest, sender, message_id, operator, pool, envelope,
        signature, payload_id, return_operator, expires, not_before)
      select * from unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[], $5::text[], $6::text[],
        $7::bytea[], $8::bytea[], $9::bytea[], $10::text[], $11::timestamptz[], $12::timestamptz[])
        as t (recipient, digest)
      where not exists (select from outcome o
        where o.recipient = t.recipient and o.envelope_digest = t.digest)
      on conflict (recipient, envelope_digest) do nothing
      """;

  // While a lease runs the envelope counts as in doubt: a worker that dies while it sends leaves
  // that behind. The answer to the attempt takes it back. What was in doubt before is returned.
  // One lease for each destination, since each is a piece of work of its own.
  private static final String LEASE =
      """
      with due as (
        select t.recipient, t.envelope_digest, t.uncertain, t.operator, t.pool from transfer t
        where t.state = 'queued' and t.not_before <= $1 and t.expires > $1
          and t.operator <> all ($2) and\
      """
          + LeaseStore.IS_FREE
          + """
            order by t.not_before limit $3 for update of t skip locked),
          piece as (
            select operator, pool, gen_random_uuid() as id from due group by operator, pool),
          given as (
            insert into lease (id, holder, held_until)
            select id, $4::uuid, statement_timestamp() + $5::bigint * interval '1 millisecond' from piece
            returning id, held_until)
          update transfer t set lease = given.id, leased_until = given.held_until, uncertain = true
          from due, piece, given, payload p
          where t.recipient = due.recipient and t.envelope_digest = due.envelope_digest
            and piece.operator = due.operator and piece.pool = due.pool and given.id = piece.id
            and p.id = t.payload_id
          returning t.recipient, t.envelope_digest, t.operator, t.pool, t.envelope, t.signature,
            t.return_operator, t.attempts, t.lease, due.uncertain, p.segment, p.start_offset, p.length,
            p.sha256
          """;

  private static final String HANDED_OVER =
      """
      update transfer t set state = 'handed_over', handed_over_at = $3, lease = null, leased_until = null,
        uncertain = false, attempts = t.attempts + 1, last_problem = null
      from unnest($1::text[], $2::bytea[]) as done (recipient, digest)
      where t.recipient = done.recipient and t.envelope_digest = done.digest and t.state = 'queued'
      """;

  private static final String POSTPONE =
      """
      update transfer t set lease = null, leased_until = null, attempts = t.attempts + 1,
        not_before = w.not_before, last_problem = w.problem, uncertain = w.uncertain
      from unnest($1::text[], $2::bytea[], $3::uuid[], $4::timestamptz[], $5::text[], $6::boolean[])
        as w (recipient, digest, lease, not_before, problem, uncertain)
      where t.recipient = w.recipient and t.envelope_digest = w.digest and t.lease = w.lease
      """;

  private static final String RELEASE =
      """
      update transfer t set lease = null, leased_until = null, uncertain = w.uncertain
      from unnest($1::text[], $2::bytea[], $3::uuid[], $4::boolean[])
        as w (recipient, digest, lease, uncertain)
      where t.recipient = w.recipient and t.envelope_digest = w.digest and t.lease = w.lease
      """;

  // Locked, so that nobody else takes them before the commit that ends them.
  private static final String STILL_LEASED =
      """
      select t.recipient, t.envelope_digest
      from transfer t, unnest($1::text[], $2::bytea[], $3::uuid[]) as w (recipient, digest, lease)
      where t.recipient = w.recipient and t.envelope_digest = w.digest and t.lease = w.lease
      order by t.recipient, t.envelope_digest for update of t
      """;

  private static final String REDIRECT =
      """
      update transfer t set operator = $4, pool = $5
      where t.recipient = $1 and t.envelope_digest = $2 and t.lease = $3
      """;

  // Custody was here to the end: nobody else can have it, so it ends as expired.
  private static final String EXPIRED =
      """
      select t.recipient, t.envelope_digest, t.operator, t.pool, t.envelope, t.signature, t.return_operator,
        t.attempts, t.uncertain, p.segment, p.start_offset, p.length, p.sha256
      from transfer t join payload p on p.id = t.payload_id
      where t.state = 'queued' and not t.uncertain and t.expires <= $1
      order by t.expires limit $2 for update of t skip locked
      """;

  // The peer has it, or may have it: its receipt was waited for long enough.
  private static final String UNCONFIRMED =
      """
      select t.recipient, t.envelope_digest, t.operator, t.pool, t.envelope, t.signature, t.return_operator,
        t.attempts, t.uncertain, p.segment, p.start_offset, p.length, p.sha256
      from transfer t join payload p on p.id = t.payload_id
      where t.expires <= $1
      order by t.expires limit $2 for update of t skip locked
      """;

  private static final String COUNT =
      "select state, count(*) as envelopes from transfer group by state";

  private static final UUID NO_LEASE = new UUID(0, 0);

  /** Queues a batch; what is queued already, or has an outcome, is left as it is. */
  public void enqueue(SqlConnection connection, Collection<Outbound> batch, Instant now) {
    Map<EnvelopeKey, Outbound> rows = new TreeMap<>();
    batch.forEach(outbound -> rows.putIfAbsent(outbound.mail().key(), outbound));
    if (rows.isEmpty()) {
      return;
    }
    Collection<Outbound> all = rows.values();
    MailboxStore.insertPayloads(connection, all.stream().map(o -> o.mail().payload()).toList());
    Database.execute(
        connection,
        ENQUEUE,
        Tuple.tuple(
            List.of(
                texts(all, o -> o.mail().key().recipient().toString()),
                octets(all, o -> o.mail().key().envelopeDigest().octets()),
                texts(all, o -> o.mail().facts().sender().toString()),
                octets(all, o -> o.mail().facts().messageId().octets()),
                texts(all, o -> o.destination().operator().value()),
                texts(all, o -> o.destination().pool()),
                octets(all, o -> o.mail().sealed().encoded()),
                octets(all, o -> o.mail().sealed().signature()),
                octets(all, o -> PayloadIds.of(o.mail().payload())),
                texts(all, o -> o.mail().returnOperator().value()),
                times(all, o -> o.mail().facts().expires()),
                times(all, _ -> now))));
  }

  /**
   * Takes due envelopes, under one lease for each destination.
   *
   * @param busy destinations that take no more work now
   */
  public List<Leased> lease(
      SqlConnection connection,
      Collection<MailDomain> busy,
      Instant now,
      LeaseTerms terms,
      int limit) {
    Tuple values =
        Tuple.tuple(
            List.of(
                Columns.time(now),
                texts(busy, MailDomain::value),
                limit,
                terms.holder(),
                terms.life().toMillis()));
    List<Leased> leased = new ArrayList<>();
    for (Row row : Database.execute(connection, LEASE, values)) {
      leased.add(leased(row, row.getUUID("lease")));
    }
    return leased;
  }

  /**
   * Which of these envelopes their worker still has; they stay locked until the commit, so that
   * what it decides about them is final.
   */
  public Set<EnvelopeKey> stillLeased(SqlConnection connection, Collection<Leased> work) {
    Set<EnvelopeKey> still = new HashSet<>();
    if (!work.isEmpty()) {
      Tuple values =
          Columns.tuple(
              texts(work, w -> w.mail().key().recipient().toString()),
              octets(work, w -> w.mail().key().envelopeDigest().octets()),
              work.stream().map(Leased::lease).toArray(UUID[]::new));
      for (Row row : Database.execute(connection, STILL_LEASED, values)) {
        still.add(OutcomeStore.key(row));
      }
    }
    return still;
  }

  /**
   * The peer answered accepted: custody is there. Counts whoever's lease it is by now, since it is
   * true either way.
   */
  public void handedOver(SqlConnection connection, Collection<Leased> done, Instant now) {
    if (done.isEmpty()) {
      return;
    }
    Tuple keys = OutcomeStore.keys(done.stream().map(work -> work.mail().key()).toList());
    Database.execute(connection, HANDED_OVER, keys.addOffsetDateTime(Columns.time(now)));
  }

  /** Puts envelopes back into the queue, where the lease still stands. */
  public void postpone(SqlConnection connection, Collection<Postponed> later) {
    if (later.isEmpty()) {
      return;
    }
    List<Postponed> rows =
        later.stream().sorted(Comparator.comparing(p -> p.work().mail().key())).toList();
    Database.execute(
        connection,
        POSTPONE,
        Tuple.tuple(
            List.of(
                texts(rows, p -> p.work().mail().key().recipient().toString()),
                octets(rows, p -> p.work().mail().key().envelopeDigest().octets()),
                rows.stream().map(p -> p.work().lease()).toArray(UUID[]::new),
                times(rows, Postponed::notBefore),
                texts(rows, Postponed::problem),
                rows.stream()
                    .map(p -> p.doubt() == Doubt.PEER_MAY_HOLD_IT)
                    .toArray(Boolean[]::new))));
  }

  /** Gives back what was leased and never begun: no attempt, and no more doubt than before. */
  public void release(SqlConnection connection, Collection<Leased> unbegun) {
    if (unbegun.isEmpty()) {
      return;
    }
    List<Leased> rows =
        unbegun.stream().sorted(Comparator.comparing(work -> work.mail().key())).toList();
    Database.execute(
        connection,
        RELEASE,
        Columns.tuple(
            texts(rows, work -> work.mail().key().recipient().toString()),
            octets(rows, work -> work.mail().key().envelopeDigest().octets()),
            rows.stream().map(Leased::lease).toArray(UUID[]::new),
            rows.stream()
                .map(work -> work.doubt() == Doubt.PEER_MAY_HOLD_IT)
                .toArray(Boolean[]::new)));
  }

  /** Sends an envelope another way from the next attempt on, where the lease still stands. */
  public void redirect(SqlConnection connection, Leased work, Destination destination) {
    Database.execute(
        connection,
        REDIRECT,
        Columns.tuple(
            work.mail().key().recipient().toString(),
            Columns.buffer(work.mail().key().envelopeDigest()),
            work.lease(),
            destination.operator().value(),
            destination.pool()));
  }

  /** Envelopes whose life ended while custody was here; they stay locked until the commit. */
  public List<Leased> expired(SqlConnection connection, Instant now, int limit) {
    return ended(connection, EXPIRED, now, limit);
  }

  /** Envelopes whose life ended at or before this instant, whoever holds them; locked. */
  public List<Leased> unconfirmed(SqlConnection connection, Instant expiredBy, int limit) {
    return ended(connection, UNCONFIRMED, expiredBy, limit);
  }

  /** How many envelopes wait, and how many were handed over and wait for their receipt. */
  public Map<String, Long> countByState(Database database) {
    Map<String, Long> counts = new TreeMap<>(Map.of("queued", 0L, "handed_over", 0L));
    for (Row row : database.execute(COUNT, Tuple.tuple())) {
      counts.put(row.getString("state"), row.getLong("envelopes"));
    }
    return counts;
  }

  private static List<Leased> ended(
      SqlConnection connection, String sql, Instant expiredBy, int limit) {
    List<Leased> ended = new ArrayList<>();
    for (Row row :
        Database.execute(connection, sql, Columns.tuple(Columns.time(expiredBy), limit))) {
      ended.add(leased(row, NO_LEASE));
    }
    return ended;
  }

  private static Leased leased(Row row, UUID lease) {
    SignedEnvelope sealed =
        SignedEnvelope.decode(octets(row, "envelope"), octets(row, "signature"));
    return new Leased(
        HeldMail.of(sealed, payload(row), new MailDomain(row.getString("return_operator"))),
        new Destination(new MailDomain(row.getString("operator")), row.getString("pool")),
        lease,
        row.getInteger("attempts"),
        row.getBoolean("uncertain") ? Doubt.PEER_MAY_HOLD_IT : Doubt.NONE);
  }

  static PayloadLocation payload(Row row) {
    return new PayloadLocation(
        row.getString("segment"),
        row.getLong("start_offset"),
        row.getLong("length"),
        Columns.digest(row, "sha256"));
  }
}
