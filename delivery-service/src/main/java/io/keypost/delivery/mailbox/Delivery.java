package io.keypost.delivery.mailbox;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.custody.ReceiptFactory;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.MailboxStore;
import io.keypost.delivery.store.MailboxStore.NewMail;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The commit that ends an envelope at its mailbox (KP-OUT-1, KP-OUT-3): claim of the message id,
 * outcome, receipt and mailbox row become durable together or not at all.
 */
@ApplicationScoped
public class Delivery {

  /**
   * An envelope at its mailbox.
   *
   * @param mailbox address whose mailbox takes it: the recipient without a sub-address
   */
  public record Arrived(HeldMail mail, Address mailbox) {}

  private final Database database;
  private final OutcomeStore outcomes;
  private final MailboxStore mailboxes;

  /** With the tables that it writes. */
  public Delivery(Database database, OutcomeStore outcomes, MailboxStore mailboxes) {
    this.database = database;
    this.outcomes = outcomes;
    this.mailboxes = mailboxes;
  }

  /**
   * Ends every envelope of the batch that has no outcome yet.
   *
   * @return what was settled by this call; nothing for an envelope that was settled before
   */
  public List<Settlement> deliver(Collection<Arrived> batch, ReceiptFactory receipts, Instant now) {
    Map<EnvelopeKey, Arrived> byKey = new TreeMap<>();
    batch.forEach(arrived -> byKey.putIfAbsent(arrived.mail().key(), arrived));
    return database.inTransaction(connection -> deliver(connection, byKey, receipts, now));
  }

  private List<Settlement> deliver(
      SqlConnection connection,
      Map<EnvelopeKey, Arrived> byKey,
      ReceiptFactory receipts,
      Instant now) {
    Set<EnvelopeKey> standing = outcomes.standing(connection, byKey.keySet()).keySet();
    List<Arrived> open =
        byKey.values().stream().filter(a -> !standing.contains(a.mail().key())).toList();
    List<MailFacts> alive =
        open.stream()
            .map(arrived -> arrived.mail().facts())
            .filter(mail -> !OutcomeRules.isExpired(mail, now))
            .toList();
    Map<EnvelopeKey, Digest> claimed = mailboxes.claim(connection, alive, now);
    List<Settlement> decided = new ArrayList<>();
    for (Arrived arrived : open) {
      MailFacts mail = arrived.mail().facts();
      Digest holder = claimed.getOrDefault(mail.key(), mail.key().envelopeDigest());
      TerminalOutcome outcome = OutcomeRules.atMailbox(mail, holder, now);
      decided.add(
          Settlement.plain(
              mail,
              outcome,
              now,
              receipts.sign(mail, outcome, now, arrived.mail().returnOperator())));
    }
    List<Settlement> effective = outcomes.settle(connection, decided);
    mailboxes.releaseClaims(connection, claimedForNothing(connection, decided, effective));
    mailboxes.insert(
        connection,
        effective.stream()
            .filter(settlement -> settlement.outcome() instanceof TerminalOutcome.Delivered)
            .map(settlement -> byKey.get(settlement.mail().key()))
            .map(arrived -> new NewMail(arrived.mailbox(), arrived.mail(), now))
            .toList());
    return effective;
  }

  /**
   * What was to be delivered and has another outcome, of somebody who was faster: nothing lies in
   * the mailbox under its id. One that was delivered by another worker keeps the id.
   */
  private List<MailFacts> claimedForNothing(
      SqlConnection connection, List<Settlement> decided, List<Settlement> effective) {
    Map<EnvelopeKey, MailFacts> lost = new TreeMap<>();
    decided.stream()
        .filter(s -> s.outcome() instanceof TerminalOutcome.Delivered)
        .map(Settlement::mail)
        .forEach(mail -> lost.put(mail.key(), mail));
    effective.forEach(s -> lost.remove(s.mail().key()));
    if (lost.isEmpty()) {
      return List.of();
    }
    outcomes
        .standing(connection, lost.keySet())
        .forEach(
            (key, standing) -> {
              if (standing.outcome() instanceof TerminalOutcome.Delivered) {
                lost.remove(key);
              }
            });
    return List.copyOf(lost.values());
  }
}
