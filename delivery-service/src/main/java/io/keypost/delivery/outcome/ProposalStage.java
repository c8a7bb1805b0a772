package io.keypost.delivery.outcome;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.Mails;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.kafka.BatchIntake;
import io.keypost.delivery.outcome.Proposals.Disposal;
import io.keypost.delivery.outcome.Proposals.Ending;
import io.keypost.delivery.work.Stopping;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.Refusal;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads {@code mail.proposed}: refusals and expiries of this provider's stages, and receipts that
 * the ingress checked. Each batch is disposed of with one commit before its offsets are.
 */
@ApplicationScoped
public class ProposalStage {
  static final String STAGE = "outcome";

  private final BatchIntake<ProposedOutcome> intake;
  private final Proposals proposals;
  private final ReceiptSigning receipts;
  private final Event<OutcomesSettled> settled;
  private final MeterRegistry registry;
  private final MailDomain operator;

  ProposalStage(
      Proposals proposals,
      ReceiptSigning receipts,
      Event<OutcomesSettled> settled,
      MeterRegistry registry,
      MailDomain operator,
      EventPublisher publisher,
      InstantSource clock,
      Stopping stopping) {
    this.intake =
        new BatchIntake<>(
            STAGE, new EventReader<>(MailEvents.PROPOSED)::read, publisher, clock, stopping);
    this.proposals = proposals;
    this.receipts = receipts;
    this.settled = settled;
    this.registry = registry;
    this.operator = operator;
  }

  @Incoming("mail-proposed")
  @Blocking
  void read(ConsumerRecords<byte[], byte[]> batch) {
    intake.take(batch, this::dispose);
  }

  private void dispose(List<IncomingEvent<ProposedOutcome>> batch) {
    List<Ending> endings = new ArrayList<>();
    List<ProposedOutcome.CheckedReceipt> received = new ArrayList<>();
    for (IncomingEvent<ProposedOutcome> incoming : batch) {
      switch (incoming.event()) {
        case ProposedOutcome.ProposedRefusal refusal -> endings.add(ending(refusal));
        case ProposedOutcome.ProposedExpiry expiry -> endings.add(ending(expiry));
        case ProposedOutcome.CheckedReceipt receipt -> received.add(receipt);
      }
    }
    Disposal disposal = proposals.dispose(endings, received, receipts.require());
    disposal
        .receipts()
        .forEach(
            (verdict, count) ->
                registry
                    .counter(
                        "keypost.receipts.received",
                        "verdict",
                        verdict.name().toLowerCase(Locale.ROOT))
                    .increment(count));
    settled.fire(new OutcomesSettled(STAGE, disposal.settled()));
  }

  private Ending ending(ProposedOutcome.ProposedRefusal refusal) {
    HeldMail mail = Mails.held(refusal.mail(), refusal.arrival(), operator);
    TerminalOutcome outcome =
        OutcomeRules.of(Refusal.of(refusal.code(), refusal.detail()))
            .orElseThrow(
                () -> new IllegalArgumentException(refusal.code().wire() + " ends nothing"));
    return new Ending(
        mail,
        outcome,
        Optional.of(refusal.detail()).filter(detail -> !detail.isEmpty()),
        Optional.ofNullable(refusal.record()),
        refusal.decidedAt());
  }

  private Ending ending(ProposedOutcome.ProposedExpiry expiry) {
    return new Ending(
        Mails.held(expiry.mail(), expiry.arrival(), operator),
        new TerminalOutcome.Expired(),
        Optional.empty(),
        Optional.empty(),
        expiry.decidedAt());
  }
}
