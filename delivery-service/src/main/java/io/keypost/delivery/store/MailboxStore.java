package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.longs;
import static io.keypost.delivery.store.Columns.octets;
import static io.keypost.delivery.store.Columns.texts;
import static io.keypost.delivery.store.Columns.times;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
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
import java.util.TreeMap;

/** Claims of message ids, mailboxes and the mail in them: the writing side. */
@ApplicationScoped
public class MailboxStore {

  /**
   * A row of a mailbox.
   *
   * @param mailbox address whose mailbox it is: the recipient without a sub-address
   */
  public record NewMail(Address mailbox, HeldMail mail, Instant receivedAt) {}

  private record ClaimKey(String recipient, String sender, Bytes messageId)
      implements Comparable<ClaimKey> {
    static ClaimKey of(MailFacts mail) {
      return new ClaimKey(
          mail.key().recipient().toString(), mail.sender().toString(), mail.messageId().octets());
    }

    @Override
    public int compareTo(ClaimKey other) {
      int order = recipient.compareTo(other.recipient);
      order = order != 0 ? order : sender.compareTo(other.sender);
      return order != 0 ? order : messageId.compareTo(other.messageId);
    }
  }

  // A claim past its time is taken over. Either way the row is locked until the commit, so that of
  // two workers with the same envelope the second sees what the first did.
  private static final String CLAIM =
      """
      insert into delivery_claim as c (recipient, sender, message_id, envelope_digest, until)
      select * from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[], $5::timestamptz[])
      on conflict (recipient, sender, message_id) do update
        set envelope_digest = excluded.envelope_digest, until = excluded.until
        where c.until < $6
      """;

  private static final String CLAIMED =
      """
      select c.recipient, c.sender, c.message_id, c.envelope_digest
      from unnest($1::text[], $2::text[], $3::bytea[]) as asked (recipient, sender, message_id)
      join delivery_claim c using (recipient, sender, message_id)
      """;

  private static final String PURGE_CLAIMS =
      """
      delete from delivery_claim where ctid = any (array(
        select ctid from delivery_claim where until < $1 limit $2 for update skip locked))
      """;

  private static final String RELEASE_CLAIMS =
      """
      delete from delivery_claim c
      using unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[])
        as mine (recipient, sender, message_id, digest)
      where c.recipient = mine.recipient and c.sender = mine.sender and c.message_id = mine.message_id
        and c.envelope_digest = mine.digest
      """;

  private static final String NUMBERS =
      """
      insert into mailbox as m (address, last_seq)
      select * from unnest($1::text[], $2::bigint[])
      on conflict (address) do update set last_seq = m.last_seq + excluded.last_seq
      returning address, last_seq
      """;

  private static final String PAYLOADS =
      """
      insert into payload (id, segment, start_offset, length, sha256)
      select * from unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[])
      on conflict (id) do nothing
      """;

  private static final String MAIL =
      """
      insert into mail (mailbox, seq, envelope_digest, envelope, signature, payload_id, received_at)
      select * from unnest($1::text[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[],
        $7::timestamptz[])
      """;

  /**
   * Claims the message ids of envelopes about to be delivered.
   *
   * @return for each envelope the digest of the one that holds the id: itself, or another
   */
  public Map<EnvelopeKey, Digest> claim(
      SqlConnection connection, Collection<MailFacts> mails, Instant now) {
    Map<ClaimKey, MailFacts> first = new TreeMap<>();
    mails.forEach(mail -> first.putIfAbsent(ClaimKey.of(mail), mail));
    if (first.isEmpty()) {
      return Map.of();
    }
    var rows = first.entrySet();
    String[] recipients = texts(rows, row -> row.getKey().recipient());
    String[] senders = texts(rows, row -> row.getKey().sender());
    var messageIds = octets(rows, row -> row.getKey().messageId());
    Database.execute(
        connection,
        CLAIM,
        Columns.tuple(
            recipients,
            senders,
            messageIds,
            octets(rows, row -> row.getValue().key().envelopeDigest().octets()),
            times(rows, row -> OutcomeRules.claimUntil(row.getValue())),
            Columns.time(now)));
    Map<ClaimKey, Digest> holders = new HashMap<>();
    for (Row row :
        Database.execute(connection, CLAIMED, Columns.tuple(recipients, senders, messageIds))) {
      holders.put(
          new ClaimKey(
              row.getString("recipient"), row.getString("sender"), octets(row, "message_id")),
          Columns.digest(row, "envelope_digest"));
    }
    Map<EnvelopeKey, Digest> claimed = new HashMap<>();
    mails.forEach(mail -> claimed.put(mail.key(), holders.get(ClaimKey.of(mail))));
    return claimed;
  }

  /** Gives the ids of envelopes that were not delivered after all back, where they hold them. */
  public void releaseClaims(SqlConnection connection, Collection<MailFacts> undelivered) {
    if (!undelivered.isEmpty()) {
      Database.execute(
          connection,
          RELEASE_CLAIMS,
          Columns.tuple(
              texts(undelivered, mail -> mail.key().recipient().toString()),
              texts(undelivered, mail -> mail.sender().toString()),
              octets(undelivered, mail -> mail.messageId().octets()),
              octets(undelivered, mail -> mail.key().envelopeDigest().octets())));
    }
  }

  /** Forgets claims whose time is over, at most {@code limit}; returns how many. */
  public int purgeClaims(Database database, Instant now, int limit) {
    return database.execute(PURGE_CLAIMS, Columns.tuple(Columns.time(now), limit)).rowCount();
  }

  /** Puts mail whose outcome was just settled as delivered into its mailboxes. */
  public void insert(SqlConnection connection, Collection<NewMail> mails) {
    if (mails.isEmpty()) {
      return;
    }
    insertPayloads(connection, mails.stream().map(mail -> mail.mail().payload()).toList());
    Map<String, List<NewMail>> byMailbox = new TreeMap<>();
    for (NewMail mail : mails) {
      byMailbox.computeIfAbsent(mail.mailbox().toString(), _ -> new ArrayList<>()).add(mail);
    }
    Map<NewMail, Long> numbers = number(connection, byMailbox);
    var rows = numbers.entrySet();
    Database.execute(
        connection,
        MAIL,
        Tuple.tuple(
            List.of(
                texts(rows, row -> row.getKey().mailbox().toString()),
                longs(rows, Map.Entry::getValue),
                octets(rows, row -> row.getKey().mail().key().envelopeDigest().octets()),
                octets(rows, row -> row.getKey().mail().sealed().encoded()),
                octets(rows, row -> row.getKey().mail().sealed().signature()),
                octets(rows, row -> PayloadIds.of(row.getKey().mail().payload())),
                times(rows, row -> row.getKey().receivedAt()))));
  }

  /** Rows for payloads that mail or transfers refer to. */
  static void insertPayloads(SqlConnection connection, Collection<PayloadLocation> places) {
    Map<Bytes, PayloadLocation> distinct = new TreeMap<>();
    places.forEach(place -> distinct.put(PayloadIds.of(place), place));
    var rows = distinct.entrySet();
    Database.execute(
        connection,
        PAYLOADS,
        Columns.tuple(
            octets(rows, Map.Entry::getKey),
            texts(rows, row -> row.getValue().segment()),
            longs(rows, row -> row.getValue().offset()),
            longs(rows, row -> row.getValue().length()),
            octets(rows, row -> row.getValue().sha256().octets())));
  }

  // The mailbox's row stays locked until the commit: numbers become visible in their order, so that
  // a client that has seen number n has seen all before it.
  private static Map<NewMail, Long> number(
      SqlConnection connection, Map<String, List<NewMail>> byMailbox) {
    var rows = byMailbox.entrySet();
    Map<NewMail, Long> numbers = new HashMap<>();
    for (Row row :
        Database.execute(
            connection,
            NUMBERS,
            Columns.tuple(
                texts(rows, Map.Entry::getKey), longs(rows, entry -> entry.getValue().size())))) {
      List<NewMail> mails = byMailbox.getOrDefault(row.getString("address"), List.of());
      long next = row.getLong("last_seq") - mails.size();
      for (NewMail mail : mails) {
        numbers.put(mail, ++next);
      }
    }
    return numbers;
  }
}
