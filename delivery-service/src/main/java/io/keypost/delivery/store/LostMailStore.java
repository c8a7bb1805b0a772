package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.octets;
import static io.keypost.delivery.store.Columns.texts;
import static io.keypost.delivery.store.Columns.times;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.LostMail;
import io.keypost.protocol.address.MailDomain;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Envelopes in custody here that no stage will end: what stands among the dead letters, whoever
 * brought it, and what users of this provider submitted and no stage brought any further.
 */
@ApplicationScoped
public class LostMailStore {

  private static final String INSERT =
      """
      insert into dead_letter (recipient, envelope_digest, message_id, sender, return_operator, expires)
      select * from unnest($1::text[], $2::bytea[], $3::bytea[], $4::text[], $5::text[],
        $6::timestamptz[]) as t (recipient, digest)
      where not exists (select from outcome o
        where o.recipient = t.recipient and o.envelope_digest = t.digest)
      on conflict (recipient, envelope_digest) do nothing
      """;

  // What is queued for another operator has an end of its own, and what that operator took is not
  // in custody here.
  private static final String OVER =
      """
      select l.recipient, l.envelope_digest, l.message_id, l.sender, l.expires, l.return_operator
      from (
        select recipient, envelope_digest, message_id, sender, expires, return_operator
        from dead_letter where expires <= $1
        union all
        select recipient, envelope_digest, message_id, sender, expires, $2::text
        from submission where expires > $3 and expires <= $4) l
      where not exists (select from outcome o
          where o.recipient = l.recipient and o.envelope_digest = l.envelope_digest)
        and not exists (select from transfer t
          where t.recipient = l.recipient and t.envelope_digest = l.envelope_digest)
      order by l.expires limit $5
      """;

  private static final String FORGET =
      """
      delete from dead_letter where ctid = any (array(
        select d.ctid from dead_letter d
        join outcome o on o.recipient = d.recipient and o.envelope_digest = d.envelope_digest
        where d.expires <= $1 limit $2 for update of d skip locked))
      """;

  /** Which submissions count as lost: those whose life ended in this window without an outcome. */
  public record Submitted(MailDomain self, Instant expiredAfter, Instant expiredBy) {}

  /** Keeps what dead letters tell; what is kept already, or has an outcome, is left as it is. */
  public void keep(SqlConnection connection, Collection<LostMail> letters) {
    Map<EnvelopeKey, LostMail> byKey = new TreeMap<>();
    letters.forEach(lost -> byKey.putIfAbsent(lost.mail().key(), lost));
    if (byKey.isEmpty()) {
      return;
    }
    Collection<LostMail> rows = byKey.values();
    Database.execute(
        connection,
        INSERT,
        Tuple.tuple(
            List.of(
                texts(rows, l -> l.mail().key().recipient().toString()),
                octets(rows, l -> l.mail().key().envelopeDigest().octets()),
                octets(rows, l -> l.mail().messageId().octets()),
                texts(rows, l -> l.mail().sender().toString()),
                texts(rows, l -> l.returnOperator().value()),
                times(rows, l -> l.mail().expires()))));
  }

  /**
   * Envelopes that are lost and whose life is over: no outcome, and not on their way to another
   * operator.
   *
   * @param expiredBy for what stands among the dead letters
   */
  public Collection<LostMail> over(
      SqlConnection connection, Instant expiredBy, Submitted submitted, int limit) {
    Map<EnvelopeKey, LostMail> over = new TreeMap<>();
    for (Row row :
        Database.execute(
            connection,
            OVER,
            Columns.tuple(
                Columns.time(expiredBy),
                submitted.self().value(),
                Columns.time(submitted.expiredAfter()),
                Columns.time(submitted.expiredBy()),
                limit))) {
      LostMail lost =
          new LostMail(
              SubmissionStore.facts(row), new MailDomain(row.getString("return_operator")));
      over.putIfAbsent(lost.mail().key(), lost);
    }
    return over.values();
  }

  /** Forgets dead letters whose life is over and that have an outcome, at most {@code limit}. */
  public void forgetEnded(SqlConnection connection, Instant expiredBy, int limit) {
    Database.execute(connection, FORGET, Columns.tuple(Columns.time(expiredBy), limit));
  }
}
