package io.keypost.delivery.transfer;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.custody.EnvelopeKey;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.ReceiptFactory;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.custody.RetrySchedule;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.handover.Destination;
import io.keypost.delivery.handover.Doubt;
import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.handover.Postponed;
import io.keypost.delivery.handover.TransferVerdict;
import io.keypost.delivery.http.OperatorServers;
import io.keypost.delivery.http.Waiting;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.delivery.store.TransferStore;
import io.keypost.directory.AddressView;
import io.keypost.directory.Directory;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** Makes durable what attempts came to: handed over, ended here, or again later. */
@ApplicationScoped
public class TransferResults {
  private static final String STAGE = "transfer";
  private static final String MESSAGE_ID = "messageId";

  /** How often refused transfers have one sender domain asked for anew. */
  private static final Duration DOMAIN_ANEW = Duration.ofMinutes(1);

  private static final Logger LOG = Logger.getLogger(TransferResults.class);

  private final Database database;
  private final TransferStore transfers;
  private final OutcomeStore outcomes;
  private final ReceiptSigning receipts;
  private final Directory directory;
  private final MailDomain operator;
  private final Event<OutcomesSettled> settled;
  private final RetrySchedule schedule;
  private final SecureRandom random;
  private final InstantSource clock;
  private final MeterRegistry registry;

  TransferResults(
      Database database,
      TransferStore transfers,
      OutcomeStore outcomes,
      ReceiptSigning receipts,
      Directory directory,
      MailDomain operator,
      Event<OutcomesSettled> settled,
      DeliveryConfig config,
      SecureRandom random,
      InstantSource clock,
      MeterRegistry registry) {
    this.database = database;
    this.transfers = transfers;
    this.outcomes = outcomes;
    this.receipts = receipts;
    this.directory = directory;
    this.operator = operator;
    this.settled = settled;
    this.schedule =
        new RetrySchedule(config.transfer().firstRetry(), config.transfer().longestRetry());
    this.random = random;
    this.clock = clock;
    this.registry = registry;
  }

  /** Whether an end could be signed. */
  boolean isEnrolled() {
    return receipts.isEnrolled();
  }

  private record Applied(List<Settlement> effective, int tooLate) {}

  /**
   * Applies the verdicts of one request with one commit. Blocks. Where the lease was lost meanwhile
   * only a hand-over counts, which is true whoever works on the envelope by now: another may have
   * handed it over since, so that an end decided here would be one too many (threat T23).
   */
  void apply(Destination destination, Map<Leased, TransferVerdict> verdicts) {
    Instant now = clock.instant();
    List<Leased> handedOver = new ArrayList<>();
    Map<Leased, Settlement> ended = new LinkedHashMap<>();
    List<Postponed> later = new ArrayList<>();
    List<Leased> elsewhere = new ArrayList<>();
    verdicts.forEach(
        (work, answered) -> {
          TransferVerdict verdict = unlessMovedAway(work, answered, now);
          report(work, destination, verdict);
          switch (verdict) {
            case TransferVerdict.HandedOver _ -> handedOver.add(work);
            case TransferVerdict.Ends ends -> ended.put(work, settlement(work, ends, now));
            case TransferVerdict.Later wait -> {
              later.add(postponed(work, wait.atLeast(), wait.problem(), work.doubt(), now));
              if (wait.code() == RefusalCode.NOT_OPERATOR) {
                elsewhere.add(work);
              }
            }
            case TransferVerdict.Unanswered unanswered ->
                later.add(
                    postponed(
                        work, Duration.ZERO, unanswered.problem(), Doubt.PEER_MAY_HOLD_IT, now));
          }
        });
    elsewhere.forEach(work -> redirect(work, now));
    Applied applied =
        database.inTransaction(
            connection -> {
              transfers.handedOver(connection, handedOver, now);
              transfers.postpone(connection, later);
              Set<EnvelopeKey> ours = transfers.stillLeased(connection, ended.keySet());
              return new Applied(
                  outcomes.settle(
                      connection,
                      ended.values().stream().filter(s -> ours.contains(s.mail().key())).toList()),
                  ended.size() - ours.size());
            });
    if (applied.tooLate() > 0) {
      count("too_late", applied.tooLate());
    }
    settled.fire(new OutcomesSettled(STAGE, applied.effective()));
  }

  private Settlement settlement(Leased work, TransferVerdict.Ends ends, Instant now) {
    MailFacts mail = work.mail().facts();
    ReceiptFactory signing = receipts.require();
    Optional<String> record =
        ends.because() instanceof Refusal.NeedsClient needs
            ? Optional.ofNullable(needs.record())
            : Optional.empty();
    return new Settlement(
        mail,
        ends.outcome(),
        Optional.of(ends.because().detail()).filter(detail -> !detail.isEmpty()),
        record,
        now,
        signing.sign(mail, ends.outcome(), now, work.mail().returnOperator()));
  }

  private Postponed postponed(
      Leased work, Duration atLeast, String problem, Doubt doubt, Instant now) {
    Duration wait = schedule.after(work.attempts() + 1, atLeast, random);
    String bounded =
        problem.length() <= Refusal.MAX_DETAIL_CHARACTERS
            ? problem
            : problem.substring(0, Refusal.MAX_DETAIL_CHARACTERS);
    return new Postponed(work, now.plus(wait), bounded, doubt);
  }

  /**
   * What this operator holds for a user whose domain has moved to another one goes back to the
   * user's client, which sends it by way of that one (KP-OUT-21): peers will not take it from here.
   */
  private TransferVerdict unlessMovedAway(Leased work, TransferVerdict verdict, Instant now) {
    if (!(verdict instanceof TransferVerdict.Later later)
        || later.code() != RefusalCode.OPERATOR_NOT_NAMED
        || work.doubt() != Doubt.NONE) {
      return verdict;
    }
    MailDomain senders = work.mail().facts().sender().domain();
    try {
      DomainRecord record =
          Waiting.on(
                  directory.domainFetchedSince(senders, now.minus(DOMAIN_ANEW)),
                  OperatorServers.LOOKUP_TIMEOUT)
              .record();
      return record.namesForMail(operator, now)
          ? verdict
          : new TransferVerdict.Ends(
              new TerminalOutcome.NeedsClient(RefusalCode.MOVED.wire()),
              new Refusal.NeedsClient(
                  RefusalCode.MOVED, senders + " has moved to another operator", null));
    } catch (RefusedException e) {
      LOG.infof("%s could not be resolved anew: %s", senders, e.getMessage());
      return verdict;
    }
  }

  /** The peer does not take mail for the domain any more: resolved anew, it may go elsewhere. */
  private void redirect(Leased work, Instant now) {
    Address recipient = work.mail().key().recipient();
    try {
      // The domain first: its address is asked for at the key servers that its pin names now.
      AddressView view =
          Waiting.on(
              directory
                  .domainFetchedSince(recipient.domain(), now)
                  .thenCompose(_ -> directory.addressFetchedSince(recipient, now)),
              OperatorServers.LOOKUP_TIMEOUT);
      if (view.record().content() instanceof AddressRecord.Mailbox mailbox) {
        Destination found = new Destination(mailbox.operator(), mailbox.pool());
        database.transact(connection -> transfers.redirect(connection, work, found));
      }
    } catch (RefusedException e) {
      LOG.infof("%s could not be resolved anew: %s", recipient, e.getMessage());
    }
  }

  private void report(Leased work, Destination destination, TransferVerdict verdict) {
    String word =
        switch (verdict) {
          case TransferVerdict.HandedOver _ -> "handed_over";
          case TransferVerdict.Ends _ -> "ended";
          case TransferVerdict.Later _ -> "later";
          case TransferVerdict.Unanswered _ -> "unanswered";
        };
    count(word, 1);
    MDC.put(MESSAGE_ID, work.mail().facts().messageId().base64Url());
    try {
      LOG.infof(
          "transfer of %s to %s: %s, attempt %d",
          work.mail().key().envelopeDigest(),
          destination.operator(),
          switch (verdict) {
            case TransferVerdict.Later later -> "later, " + later.problem();
            case TransferVerdict.Unanswered unanswered -> "unanswered, " + unanswered.problem();
            case TransferVerdict.Ends ends -> "ended, " + ends.because().code().wire();
            case TransferVerdict.HandedOver _ -> word;
          },
          work.attempts() + 1);
    } finally {
      MDC.remove(MESSAGE_ID);
    }
  }

  private void count(String verdict, int envelopes) {
    registry.counter("keypost.transfers", "verdict", verdict).increment(envelopes);
  }
}
