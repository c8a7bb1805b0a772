package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.octets;

import io.keypost.delivery.custody.MailList.Change;
import io.keypost.delivery.custody.MailList.Order;
import io.keypost.delivery.custody.MailList.Window;
import io.keypost.delivery.custody.StoredMail;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.SignedEnvelope;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Mailboxes and the mail in them: the reading side. Every statement names the mailbox, so that
 * nobody's digest leads to another's mail (threat T33).
 */
@ApplicationScoped
public class MailReader {

  private static final String MAIL =
      """
      select m.seq, m.envelope_digest, m.envelope, m.signature, m.received_at,
        p.segment, p.start_offset, p.length, p.sha256
      from mail m join payload p on p.id = m.payload_id
      """;

  private static final String BY_DIGESTS =
      MAIL + "where m.mailbox = $1 and m.envelope_digest = any ($2::bytea[])";

  private static final String CHANGES =
      """
      select seq, envelope_digest from mail where mailbox = $1 and seq > $2 order by seq limit $3
      """;

  private static final String STATE = "select last_seq from mailbox where address = $1";

  private static final String IN_WINDOW =
      """
      from mail where mailbox = $1
        and ($2::timestamptz is null or received_at < $2)
        and ($3::timestamptz is null or received_at >= $3)
      """;

  private static final String COUNT = "select count(*) as mails " + IN_WINDOW;

  private final Database database;

  MailReader(Database database) {
    this.database = database;
  }

  /** The number of the last change in a mailbox; 0 for one in which nothing ever arrived. */
  public long state(Address mailbox) {
    RowSet<Row> rows = database.execute(STATE, Columns.tuple(mailbox.toString()));
    return rows.size() == 0 ? 0 : rows.iterator().next().getLong("last_seq");
  }

  /** How many messages there are. */
  public long count(Address mailbox, Window window) {
    return database.execute(COUNT, window(mailbox, window)).iterator().next().getLong("mails");
  }

  /** Digests of messages, from the given position of the list on. */
  public List<Digest> list(Address mailbox, Window window, Order order, long position, int limit) {
    String sql =
        "select envelope_digest "
            + IN_WINDOW
            + " order by received_at "
            + sql(order)
            + ", seq "
            + sql(order)
            + " offset $4 limit $5";
    Tuple values = window(mailbox, window).addLong(position).addInteger(limit);
    List<Digest> digests = new ArrayList<>();
    for (Row row : database.execute(sql, values)) {
      digests.add(Columns.digest(row, "envelope_digest"));
    }
    return digests;
  }

  /** Those of the messages that are in the mailbox, in no order. */
  public List<StoredMail> get(Address mailbox, Collection<Digest> digests) {
    Buffer[] asked = digests.stream().map(Columns::buffer).toArray(Buffer[]::new);
    List<StoredMail> mails = new ArrayList<>();
    for (Row row : database.execute(BY_DIGESTS, Columns.tuple(mailbox.toString(), asked))) {
      mails.add(stored(row));
    }
    return mails;
  }

  /**
   * One message, if it is in the mailbox. A reader whose payload is not where this says asks again:
   * compaction may have moved it.
   */
  public Optional<StoredMail> find(Address mailbox, Digest digest) {
    return get(mailbox, List.of(digest)).stream().findFirst();
  }

  /** What arrived after change number {@code since}, oldest first. */
  public List<Change> changes(Address mailbox, long since, int limit) {
    List<Change> changes = new ArrayList<>();
    for (Row row : database.execute(CHANGES, Columns.tuple(mailbox.toString(), since, limit))) {
      changes.add(new Change(row.getLong("seq"), Columns.digest(row, "envelope_digest")));
    }
    return changes;
  }

  private static Tuple window(Address mailbox, Window window) {
    return Columns.tuple(
        mailbox.toString(),
        window.receivedBefore().map(Columns::time).orElse(null),
        window.receivedFrom().map(Columns::time).orElse(null));
  }

  private static StoredMail stored(Row row) {
    return new StoredMail(
        row.getLong("seq"),
        Columns.digest(row, "envelope_digest"),
        SignedEnvelope.decode(octets(row, "envelope"), octets(row, "signature")),
        TransferStore.payload(row),
        Columns.time(row, "received_at"));
  }

  private static String sql(Order order) {
    return switch (order) {
      case NEWEST_FIRST -> "desc";
      case OLDEST_FIRST -> "asc";
    };
  }
}
