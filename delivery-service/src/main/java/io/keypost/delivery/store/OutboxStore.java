package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.longs;
import static io.keypost.delivery.store.Columns.octets;
import static io.keypost.delivery.store.Columns.texts;
import static io.keypost.delivery.store.Columns.times;

import io.keypost.delivery.custody.ReceiptChain;
import io.keypost.delivery.custody.WaitingReceipt;
import io.keypost.delivery.work.LeaseTerms;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** What follows from outcomes and is done after their commit: events and receipts. */
@ApplicationScoped
public class OutboxStore {

  /** An event for topic mail.outcome that waits to be published. */
  public record WaitingEvent(long id, Bytes event) {}

  /** A receipt to be posted again at {@code notBefore}. */
  public record PostponedReceipt(WaitingReceipt receipt, Instant notBefore) {}

  private static final String EVENTS =
      """
      select id, event from outcome_outbox order by id limit $1 for update skip locked
      """;

  private static final String EVENTS_DONE =
      "delete from outcome_outbox where id = any ($1::bigint[])";

  // One lease for each operator, since each is a piece of work of its own.
  private static final String LEASE =
      """
      with due as (
        select t.recipient, t.envelope_digest, t.operator from receipt_outbox t
        where t.not_before <= $1 and t.operator <> all ($2) and\
      """
          + LeaseStore.IS_FREE
          + """
            order by t.not_before limit $3 for update of t skip locked),
          piece as (select operator, gen_random_uuid() as id from due group by operator),
          given as (
            insert into lease (id, holder, held_until)
            select id, $4::uuid, statement_timestamp() + $5::bigint * interval '1 millisecond' from piece
            returning id, held_until)
          update receipt_outbox t set lease = given.id, leased_until = given.held_until
          from due, piece, given, receipt_chain c
          where t.recipient = due.recipient and t.envelope_digest = due.envelope_digest
            and piece.operator = due.operator and given.id = piece.id and c.digest = t.chain_digest
          returning t.recipient, t.envelope_digest, t.sender_domain, t.operator, t.receipt, t.lease,
            c.certificates, t.attempts, t.give_up_at
          """;

  private static final String RECEIPTS_DONE =
      """
      delete from receipt_outbox r using unnest($1::text[], $2::bytea[]) as done (recipient, digest)
      where r.recipient = done.recipient and r.envelope_digest = done.digest
      """;

  private static final String POSTPONE =
      """
      update receipt_outbox r set lease = null, leased_until = null, attempts = r.attempts + 1,
        not_before = w.not_before
      from unnest($1::text[], $2::bytea[], $3::uuid[], $4::timestamptz[])
        as w (recipient, digest, lease, not_before)
      where r.recipient = w.recipient and r.envelope_digest = w.digest and r.lease = w.lease
      """;

  private static final String RELEASE =
      """
      update receipt_outbox r set lease = null, leased_until = null
      from unnest($1::text[], $2::bytea[], $3::uuid[]) as w (recipient, digest, lease)
      where r.recipient = w.recipient and r.envelope_digest = w.digest and r.lease = w.lease
      """;

  /** The oldest events that nobody else publishes now; they stay locked until the commit. */
  public List<WaitingEvent> events(SqlConnection connection, int limit) {
    List<WaitingEvent> events = new ArrayList<>();
    for (Row row : Database.execute(connection, EVENTS, Columns.tuple(limit))) {
      events.add(new WaitingEvent(row.getLong("id"), octets(row, "event")));
    }
    return events;
  }

  /** Forgets events that the brokers have acknowledged. */
  public void published(SqlConnection connection, Collection<WaitingEvent> events) {
    Database.execute(
        connection, EVENTS_DONE, Columns.tuple((Object) longs(events, WaitingEvent::id)));
  }

  /**
   * Takes due receipts, under one lease for each operator.
   *
   * @param busy operators that are being posted to already
   */
  public List<WaitingReceipt> leaseReceipts(
      Database database, Collection<MailDomain> busy, Instant now, LeaseTerms terms, int limit) {
    Tuple values =
        Columns.tuple(
            Columns.time(now),
            texts(busy, MailDomain::value),
            limit,
            terms.holder(),
            terms.life().toMillis());
    List<WaitingReceipt> leased = new ArrayList<>();
    for (Row row : database.execute(LEASE, values)) {
      leased.add(
          new WaitingReceipt(
              OutcomeStore.key(row),
              new MailDomain(row.getString("sender_domain")),
              new MailDomain(row.getString("operator")),
              row.getString("receipt"),
              chain(row),
              row.getInteger("attempts"),
              Columns.time(row, "give_up_at"),
              row.getUUID("lease")));
    }
    return leased;
  }

  /** Gives back what was leased and never begun: no attempt is counted. */
  public void releaseReceipts(Database database, Collection<WaitingReceipt> unbegun) {
    if (unbegun.isEmpty()) {
      return;
    }
    List<WaitingReceipt> rows =
        unbegun.stream().sorted(Comparator.comparing(WaitingReceipt::key)).toList();
    database.execute(
        RELEASE,
        Columns.tuple(
            texts(rows, receipt -> receipt.key().recipient().toString()),
            octets(rows, receipt -> receipt.key().envelopeDigest().octets()),
            rows.stream().map(WaitingReceipt::lease).toArray(UUID[]::new)));
  }

  /**
   * Forgets receipts that the sender's operator has, or that are not worth posting any more: true
   * whoever's lease it is by now.
   */
  public void receiptsDone(Database database, Collection<WaitingReceipt> done) {
    if (!done.isEmpty()) {
      database.execute(
          RECEIPTS_DONE, OutcomeStore.keys(done.stream().map(WaitingReceipt::key).toList()));
    }
  }

  /** Lets receipts be posted again later, where the lease still stands. */
  public void postponeReceipts(Database database, Collection<PostponedReceipt> later) {
    if (later.isEmpty()) {
      return;
    }
    List<PostponedReceipt> rows =
        later.stream().sorted(Comparator.comparing(p -> p.receipt().key())).toList();
    database.execute(
        POSTPONE,
        Columns.tuple(
            texts(rows, p -> p.receipt().key().recipient().toString()),
            octets(rows, p -> p.receipt().key().envelopeDigest().octets()),
            rows.stream().map(p -> p.receipt().lease()).toArray(UUID[]::new),
            times(rows, PostponedReceipt::notBefore)));
  }

  static ReceiptChain chain(Row row) {
    Buffer[] certificates = row.getArrayOfBuffers("certificates");
    return new ReceiptChain(
        Arrays.stream(certificates).map(der -> Bytes.copyOf(der.getBytes())).toList());
  }
}
