package io.keypost.delivery.store;

import static io.keypost.delivery.store.Columns.buffer;
import static io.keypost.delivery.store.Columns.octets;
import static io.keypost.delivery.store.Columns.optionalOctets;
import static io.keypost.delivery.store.Columns.optionalTexts;
import static io.keypost.delivery.store.Columns.optionalTimes;
import static io.keypost.delivery.store.Columns.texts;
import static io.keypost.delivery.store.Columns.times;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.custody.Proof;
import io.keypost.delivery.custody.ReceiptChain;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The outcome table: the one place where an outcome becomes final, with everything that must be
 * durable in the same commit (receipt to post, event to publish, transfer that ends).
 */
@ApplicationScoped
public class OutcomeStore {

  private static final String CHAINS =
      """
      insert into receipt_chain (digest, certificates) values ($1, $2)
      on conflict (digest) do nothing
      """;

  // The condition on update holds for the one outcome that may be replaced, and only by a receipt
  // that was checked. Rows neither inserted nor replaced are not returned.
  private static final String OUTCOMES =
      """
      insert into outcome as standing (recipient, envelope_digest, message_id, sender, outcome, code,
        detail, record, decided_at, expires, receipt, chain_digest, root, checked_at)
      select * from unnest($1::text[], $2::bytea[], $3::bytea[], $4::text[], $5::text[], $6::text[],
        $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::bytea[],
        $13::bytea[], $14::timestamptz[])
      on conflict (recipient, envelope_digest) do update set
        outcome = excluded.outcome, code = excluded.code, detail = excluded.detail,
        record = excluded.record, decided_at = excluded.decided_at, receipt = excluded.receipt,
        chain_digest = excluded.chain_digest, root = excluded.root, checked_at = excluded.checked_at
      where standing.outcome = 'expired' and standing.code = 'unconfirmed'
        and excluded.checked_at is not null
      returning recipient, envelope_digest
      """;

  private static final String EVENTS =
      """
      insert into outcome_outbox (event) select * from unnest($1::bytea[])
      """;

  private static final String RECEIPTS =
      """
      insert into receipt_outbox (recipient, envelope_digest, sender_domain, operator, receipt,
        chain_digest, not_before, give_up_at)
      select * from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::bytea[],
        $7::timestamptz[], $8::timestamptz[])
      on conflict (recipient, envelope_digest) do nothing
      """;

  private static final String TRANSFERS_ENDED =
      """
      delete from transfer t using unnest($1::text[], $2::bytea[]) as ended (recipient, digest)
      where t.recipient = ended.recipient and t.envelope_digest = ended.digest
      """;

  private static final String STANDING =
      """
      select o.recipient, o.envelope_digest, o.outcome, o.code, o.receipt
      from unnest($1::text[], $2::bytea[]) as asked (recipient, digest)
      join outcome o on o.recipient = asked.recipient and o.envelope_digest = asked.digest
      """;

  private static final String CONFIRM =
      """
      update outcome o set root = c.root, checked_at = c.checked_at
      from unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[], $5::timestamptz[])
        as c (recipient, digest, receipt, root, checked_at)
      where o.recipient = c.recipient and o.envelope_digest = c.digest and o.receipt = c.receipt
        and o.checked_at is null
      """;

  /**
   * Makes outcomes final where none stands, and queues what follows from them.
   *
   * @return those of {@code proposed}, in their order, whose outcome now is the one given here
   */
  public List<Settlement> settle(SqlConnection connection, Collection<Settlement> proposed) {
    Map<EnvelopeKey, Settlement> byKey = new TreeMap<>();
    proposed.forEach(settlement -> byKey.putIfAbsent(settlement.mail().key(), settlement));
    if (byKey.isEmpty()) {
      return List.of();
    }
    storeChains(connection, byKey.values());
    Set<EnvelopeKey> final_ = insertOutcomes(connection, byKey.values());
    List<Settlement> settled =
        byKey.values().stream().filter(s -> final_.contains(s.mail().key())).toList();
    if (!settled.isEmpty()) {
      queueEvents(connection, settled);
      queueReceipts(connection, settled);
    }
    // Whichever outcome stands now, there is nothing left to hand over.
    Database.execute(connection, TRANSFERS_ENDED, keys(byKey.keySet()));
    return proposed.stream().filter(s -> final_.contains(s.mail().key())).toList();
  }

  /** The outcomes that stand for these keys. */
  public Map<EnvelopeKey, OutcomeRules.Standing> standing(
      SqlConnection connection, Collection<EnvelopeKey> keys) {
    Map<EnvelopeKey, OutcomeRules.Standing> standing = new HashMap<>();
    for (Row row : Database.execute(connection, STANDING, keys(keys))) {
      TerminalOutcome outcome =
          TerminalOutcome.of(row.getString("outcome"), Columns.optionalText(row, "code"));
      standing.put(
          key(row), new OutcomeRules.Standing(outcome, Columns.optionalText(row, "receipt")));
    }
    return standing;
  }

  /** Keeps root and time of the check beside outcomes whose own receipt came back checked. */
  public void confirm(SqlConnection connection, Map<EnvelopeKey, Proof.CheckedReceipt> receipts) {
    if (receipts.isEmpty()) {
      return;
    }
    var rows = new TreeMap<>(receipts).entrySet();
    Database.execute(
        connection,
        CONFIRM,
        Columns.tuple(
            texts(rows, row -> row.getKey().recipient().toString()),
            octets(rows, row -> row.getKey().envelopeDigest().octets()),
            texts(rows, row -> row.getValue().receipt()),
            octets(rows, row -> row.getValue().root()),
            times(rows, row -> row.getValue().checkedAt())));
  }

  private static void storeChains(SqlConnection connection, Collection<Settlement> settlements) {
    Map<Bytes, ReceiptChain> chains = new TreeMap<>();
    settlements.forEach(s -> chain(s).ifPresent(c -> chains.put(c.digest().octets(), c)));
    chains.forEach(
        (digest, chain) ->
            Database.execute(
                connection,
                CHAINS,
                Columns.tuple(
                    buffer(digest), octets(chain.certificates(), certificate -> certificate))));
  }

  private static Set<EnvelopeKey> insertOutcomes(
      SqlConnection connection, Collection<Settlement> rows) {
    Tuple values =
        Tuple.tuple(
            new ArrayList<>(
                List.of(
                    texts(rows, s -> s.mail().key().recipient().toString()),
                    octets(rows, s -> s.mail().key().envelopeDigest().octets()),
                    octets(rows, s -> s.mail().messageId().octets()),
                    texts(rows, s -> s.mail().sender().toString()),
                    texts(rows, s -> s.outcome().word()),
                    optionalTexts(rows, s -> s.outcome().codeText()),
                    optionalTexts(rows, Settlement::detail),
                    optionalTexts(rows, Settlement::record),
                    times(rows, Settlement::decidedAt),
                    times(rows, s -> s.mail().expires()),
                    optionalTexts(rows, s -> receipt(s)),
                    optionalOctets(rows, s -> chain(s).map(c -> c.digest().octets())),
                    optionalOctets(rows, s -> checked(s).map(Proof.CheckedReceipt::root)),
                    optionalTimes(rows, s -> checked(s).map(Proof.CheckedReceipt::checkedAt)))));
    Set<EnvelopeKey> settled = new HashSet<>();
    for (Row row : Database.execute(connection, OUTCOMES, values)) {
      settled.add(key(row));
    }
    return settled;
  }

  private static void queueEvents(SqlConnection connection, Collection<Settlement> settled) {
    List<Bytes> events =
        settled.stream().map(OutcomeEvents::encode).flatMap(Optional::stream).toList();
    if (!events.isEmpty()) {
      Database.execute(connection, EVENTS, Columns.tuple((Object) octets(events, event -> event)));
    }
  }

  private static void queueReceipts(SqlConnection connection, Collection<Settlement> settled) {
    Map<Settlement, Proof.OwnReceipt> own = new LinkedHashMap<>();
    for (Settlement settlement : settled) {
      if (settlement.proof() instanceof Proof.OwnReceipt receipt) {
        own.put(settlement, receipt);
      }
    }
    if (own.isEmpty()) {
      return;
    }
    var rows = own.entrySet();
    Database.execute(
        connection,
        RECEIPTS,
        Tuple.tuple(
            List.of(
                texts(rows, row -> row.getKey().mail().key().recipient().toString()),
                octets(rows, row -> row.getKey().mail().key().envelopeDigest().octets()),
                texts(rows, row -> row.getKey().mail().sender().domain().value()),
                texts(rows, row -> row.getValue().returnOperator().value()),
                texts(rows, row -> row.getValue().receipt()),
                octets(rows, row -> row.getValue().chain().digest().octets()),
                times(rows, row -> row.getKey().decidedAt()),
                times(rows, row -> giveUpAt(row.getKey())))));
  }

  private static Instant giveUpAt(Settlement settlement) {
    return settlement.mail().expires().plus(OutcomeRules.RECEIPT_AFTER_EXPIRY);
  }

  private static Optional<String> receipt(Settlement settlement) {
    return switch (settlement.proof()) {
      case Proof.OwnReceipt own -> Optional.of(own.receipt());
      case Proof.CheckedReceipt checked -> Optional.of(checked.receipt());
      case Proof.Unsigned _ -> Optional.empty();
    };
  }

  private static Optional<ReceiptChain> chain(Settlement settlement) {
    return switch (settlement.proof()) {
      case Proof.OwnReceipt own -> Optional.of(own.chain());
      case Proof.CheckedReceipt checked -> Optional.of(checked.chain());
      case Proof.Unsigned _ -> Optional.empty();
    };
  }

  private static Optional<Proof.CheckedReceipt> checked(Settlement settlement) {
    return settlement.proof() instanceof Proof.CheckedReceipt checked
        ? Optional.of(checked)
        : Optional.empty();
  }

  static Tuple keys(Collection<EnvelopeKey> keys) {
    List<EnvelopeKey> sorted = keys.stream().sorted().toList();
    String[] recipients = texts(sorted, key -> key.recipient().toString());
    Buffer[] digests = octets(sorted, key -> key.envelopeDigest().octets());
    return Columns.tuple(recipients, digests);
  }

  static EnvelopeKey key(Row row) {
    return new EnvelopeKey(
        Address.parse(row.getString("recipient")), Columns.digest(row, "envelope_digest"));
  }
}
