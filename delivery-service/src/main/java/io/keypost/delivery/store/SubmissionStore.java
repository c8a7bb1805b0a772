package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.octets;
import static io.keypost.delivery.store.Columns.texts;
import static io.keypost.delivery.store.Columns.times;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.Sent;
import io.keypost.delivery.custody.SentPage;
import io.keypost.delivery.custody.Submission;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What this provider's users sent, and what became of it. */
@ApplicationScoped
public class SubmissionStore {

  private static final String INSERT =
      """
      insert into submission (recipient, envelope_digest, sender, addressed_as, message_id, created,
        accepted_at, expires)
      select * from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::bytea[],
        $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
      on conflict (recipient, envelope_digest) do nothing
      """;

  /**
   * Most octets of one page as JSON, but for its first line: half of what a client reads of an
   * answer.
   */
  static final int PAGE_OCTETS = 512 << 10;

  // The inner query measures the lines without reading what is long; the outer one reads as many as
  // fit. The first one always does, so that every page goes on.
  private static final String LIST =
      """
      select s.seq, s.recipient, s.envelope_digest, s.message_id, s.sender, s.addressed_as, s.created,
        s.accepted_at, s.expires, t.handed_over_at, o.outcome, o.code, o.detail, o.record, o.decided_at,
        o.receipt, o.checked_at, c.certificates, m.lines
      from (
        select seq, recipient, envelope_digest, count(*) over () as lines,
          row_number() over (order by seq) as line, (sum(octets) over (order by seq))::bigint as octets
        from (
          select s.seq, s.recipient, s.envelope_digest, 2048 + coalesce(octet_length(o.record), 0)
            + coalesce(octet_length(o.receipt), 0) + 2 * coalesce(octet_length(o.detail), 0)
            + 4 * coalesce((select sum(octet_length(der)) from unnest(c.certificates) as der), 0) / 3
            as octets
          from submission s
          left join outcome o on o.recipient = s.recipient and o.envelope_digest = s.envelope_digest
          left join receipt_chain c on c.digest = o.chain_digest
          where s.sender = $1 and s.seq > $2
          order by s.seq limit $3) measured) m
      join submission s on s.recipient = m.recipient and s.envelope_digest = m.envelope_digest
      left join outcome o on o.recipient = s.recipient and o.envelope_digest = s.envelope_digest
      left join receipt_chain c on c.digest = o.chain_digest
      left join transfer t on t.recipient = s.recipient and t.envelope_digest = s.envelope_digest
      where m.line = 1 or m.octets <= $4::integer
      order by m.seq
      """;

  private static final String KNOWN =
      """
      select f.recipient, f.envelope_digest, f.message_id, f.sender, f.expires
      from unnest($1::text[], $2::bytea[]) as asked (recipient, digest)
      cross join lateral (
        select s.recipient, s.envelope_digest, s.message_id, s.sender, s.expires from submission s
          where s.recipient = asked.recipient and s.envelope_digest = asked.digest
        union all
        select t.recipient, t.envelope_digest, t.message_id, t.sender, t.expires from transfer t
          where t.recipient = asked.recipient and t.envelope_digest = asked.digest
        union all
        select o.recipient, o.envelope_digest, o.message_id, o.sender, o.expires from outcome o
          where o.recipient = asked.recipient and o.envelope_digest = asked.digest
        limit 1) f
      """;

  private static final String IN_FLIGHT =
      """
      select count(*) as n from submission s
      where s.expires > $1
        and not exists (select from outcome o
          where o.recipient = s.recipient and o.envelope_digest = s.envelope_digest)
      """;

  /** Records a batch; what is recorded already is left as it is. */
  public void insert(SqlConnection connection, Collection<Submission> batch) {
    Map<EnvelopeKey, Submission> byKey = new TreeMap<>();
    batch.forEach(submission -> byKey.putIfAbsent(submission.mail().key(), submission));
    if (byKey.isEmpty()) {
      return;
    }
    Collection<Submission> rows = byKey.values();
    Database.execute(
        connection,
        INSERT,
        Tuple.tuple(
            List.of(
                texts(rows, s -> s.mail().key().recipient().toString()),
                octets(rows, s -> s.mail().key().envelopeDigest().octets()),
                texts(rows, s -> s.mail().sender().toString()),
                texts(rows, s -> s.addressedAs().toString()),
                octets(rows, s -> s.mail().messageId().octets()),
                times(rows, Submission::created),
                times(rows, Submission::acceptedAt),
                times(rows, s -> s.mail().expires()))));
  }

  /**
   * A page of what {@code sender} sent, oldest first, at most {@link #PAGE_OCTETS} beyond its first
   * line.
   *
   * @param after position of the last line of the page before; 0 for the first page
   * @param limit most lines
   */
  public SentPage list(Database database, Address sender, long after, int limit) {
    List<Sent> page = new ArrayList<>();
    long lines = 0;
    for (Row row :
        database.execute(LIST, Columns.tuple(sender.toString(), after, limit, PAGE_OCTETS))) {
      lines = row.getLong("lines");
      page.add(
          new Sent(
              row.getLong("seq"),
              new Submission(
                  facts(row),
                  Address.parse(row.getString("addressed_as")),
                  Columns.time(row, "created"),
                  Columns.time(row, "accepted_at")),
              Columns.optionalTime(row, "handed_over_at"),
              end(row)));
    }
    boolean more = !page.isEmpty() && (lines == limit || page.size() < lines);
    return new SentPage(page, more ? Optional.of(page.getLast().position()) : Optional.empty());
  }

  /** What is known here of envelopes that somebody names: submitted, handed over or ended. */
  public Map<EnvelopeKey, MailFacts> known(SqlConnection connection, Collection<EnvelopeKey> keys) {
    Map<EnvelopeKey, MailFacts> known = new HashMap<>();
    for (Row row : Database.execute(connection, KNOWN, OutcomeStore.keys(keys))) {
      MailFacts facts = facts(row);
      known.put(facts.key(), facts);
    }
    return known;
  }

  /** How many submissions have no outcome yet, of those whose life ends or ended after that. */
  public long countInFlight(Database database, Instant expiringAfter) {
    return database
        .execute(IN_FLIGHT, Columns.tuple(Columns.time(expiringAfter)))
        .iterator()
        .next()
        .getLong("n");
  }

  static MailFacts facts(Row row) {
    return new MailFacts(
        OutcomeStore.key(row),
        new MessageId(octets(row, "message_id")),
        Address.parse(row.getString("sender")),
        Columns.time(row, "expires"));
  }

  private static Optional<Sent.End> end(Row row) {
    return Columns.optionalText(row, "outcome")
        .map(
            word ->
                new Sent.End(
                    TerminalOutcome.of(word, Columns.optionalText(row, "code")),
                    Columns.optionalText(row, "detail"),
                    Columns.optionalText(row, "record"),
                    Columns.time(row, "decided_at"),
                    Columns.optionalText(row, "receipt"),
                    row.getValue("certificates") == null
                        ? Optional.empty()
                        : Optional.of(OutboxStore.chain(row)),
                    Columns.optionalTime(row, "checked_at")));
  }
}
