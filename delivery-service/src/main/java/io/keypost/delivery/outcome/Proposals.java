package io.keypost.delivery.outcome;

import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.custody.OutcomeRules.ReceiptVerdict;
import io.keypost.delivery.custody.OutcomeRules.Standing;
import io.keypost.delivery.custody.Proof;
import io.keypost.delivery.custody.ReceiptChain;
import io.keypost.delivery.custody.ReceiptFactory;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.delivery.store.SubmissionStore;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Disposes of what was proposed: the first outcome of an envelope stands. */
@ApplicationScoped
public class Proposals {

  /**
   * What a batch came to.
   *
   * @param settled outcomes that became final
   * @param receipts how many receipts had which effect
   */
  public record Disposal(List<Settlement> settled, Map<ReceiptVerdict, Integer> receipts) {}

  /** An envelope that a stage of this provider ends. */
  public record Ending(
      HeldMail mail,
      TerminalOutcome outcome,
      Optional<String> detail,
      Optional<String> record,
      Instant decidedAt) {}

  private record Received(ReceiptRecord receipt, Proof.CheckedReceipt proof) {
    EnvelopeKey key() {
      return new EnvelopeKey(receipt.recipient(), receipt.envelopeDigest());
    }
  }

  private final Database database;
  private final OutcomeStore outcomes;
  private final SubmissionStore submissions;

  /** With the tables that it writes. */
  public Proposals(Database database, OutcomeStore outcomes, SubmissionStore submissions) {
    this.database = database;
    this.outcomes = outcomes;
    this.submissions = submissions;
  }

  /**
   * Takes a batch with one commit.
   *
   * @param endings decided by stages here; each gets a receipt of this operator
   * @param received receipts that the ingress checked
   */
  public Disposal dispose(
      Collection<Ending> endings,
      Collection<ProposedOutcome.CheckedReceipt> received,
      ReceiptFactory receipts) {
    List<Settlement> own =
        endings.stream()
            .map(
                ending ->
                    new Settlement(
                        ending.mail().facts(),
                        ending.outcome(),
                        ending.detail(),
                        ending.record(),
                        ending.decidedAt(),
                        receipts.sign(
                            ending.mail().facts(),
                            ending.outcome(),
                            ending.decidedAt(),
                            ending.mail().returnOperator())))
            .toList();
    List<Received> read = received.stream().map(Proposals::read).toList();
    return database.inTransaction(connection -> dispose(connection, own, read));
  }

  private Disposal dispose(
      SqlConnection connection, List<Settlement> own, List<Received> received) {
    List<EnvelopeKey> keys = received.stream().map(Received::key).distinct().toList();
    Map<EnvelopeKey, MailFacts> known = submissions.known(connection, keys);
    Map<EnvelopeKey, Standing> standing = outcomes.standing(connection, keys);
    List<Settlement> proposed = new ArrayList<>(own);
    Map<EnvelopeKey, Proof.CheckedReceipt> confirmed = new HashMap<>();
    Map<ReceiptVerdict, Integer> counts = new EnumMap<>(ReceiptVerdict.class);
    for (Received one : received) {
      Optional<MailFacts> mail = Optional.ofNullable(known.get(one.key()));
      ReceiptVerdict verdict =
          OutcomeRules.onReceipt(
              one.receipt(),
              one.proof().receipt(),
              mail,
              Optional.ofNullable(standing.get(one.key())));
      counts.merge(verdict, 1, Integer::sum);
      switch (verdict) {
        case SETTLES -> proposed.add(settlement(mail.orElseThrow(), one));
        case CONFIRMS -> confirmed.put(one.key(), one.proof());
        case REPEATS, CONTRADICTS, UNKNOWN -> {
          // The outcome that stands stays; counted, so that an operator sees it.
        }
      }
    }
    List<Settlement> settled = outcomes.settle(connection, proposed);
    outcomes.confirm(connection, confirmed);
    return new Disposal(settled, counts);
  }

  private static Settlement settlement(MailFacts mail, Received received) {
    return Settlement.plain(
        mail,
        ReceiptFactory.outcomeOf(received.receipt()),
        received.receipt().decidedAt(),
        received.proof());
  }

  private static Received read(ProposedOutcome.CheckedReceipt checked) {
    Proof.CheckedReceipt proof =
        new Proof.CheckedReceipt(
            checked.receipt(),
            new ReceiptChain(checked.chain()),
            checked.root(),
            checked.checkedAt());
    try {
      return new Received(
          RecordVerifier.readVerifiedReceipt(checked.receipt(), checked.chain().getFirst()), proof);
    } catch (RefusedException e) {
      // Its code asks a peer to wait; here the ingress has checked it, so that waiting helps
      // nobody.
      throw new IllegalArgumentException("a receipt that was never checked", e);
    }
  }
}
