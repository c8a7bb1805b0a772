package io.keypost.delivery.mailbox;

import io.keypost.delivery.custody.Mails;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.kafka.BatchIntake;
import io.keypost.delivery.mailbox.Delivery.Arrived;
import io.keypost.delivery.work.Stopping;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.RoutedMailbox;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.protocol.address.MailDomain;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads {@code mail.routed.mailbox}: decode, deliver with one commit, report; then the batch is
 * acknowledged and its offsets may be committed. A batch that comes again finds its outcomes
 * standing and changes nothing (threats T02, T22, T23).
 */
@ApplicationScoped
public class MailboxStage {
  static final String STAGE = "mailbox";

  private final BatchIntake<RoutedMailbox> intake;
  private final Delivery delivery;
  private final ReceiptSigning receipts;
  private final Event<OutcomesSettled> settled;
  private final MailDomain operator;
  private final InstantSource clock;

  MailboxStage(
      Delivery delivery,
      ReceiptSigning receipts,
      Event<OutcomesSettled> settled,
      MailDomain operator,
      EventPublisher publisher,
      InstantSource clock,
      Stopping stopping) {
    this.intake =
        new BatchIntake<>(
            STAGE, new EventReader<>(MailEvents.ROUTED_MAILBOX)::read, publisher, clock, stopping);
    this.delivery = delivery;
    this.receipts = receipts;
    this.settled = settled;
    this.operator = operator;
    this.clock = clock;
  }

  @Incoming("mail-routed-mailbox")
  @Blocking
  void read(ConsumerRecords<byte[], byte[]> batch) {
    intake.take(batch, this::deliver);
  }

  private void deliver(List<IncomingEvent<RoutedMailbox>> batch) {
    List<Arrived> arrived =
        batch.stream()
            .map(IncomingEvent::event)
            .map(
                event ->
                    new Arrived(
                        Mails.held(event.mail(), event.arrival(), operator), event.mailbox()))
            .toList();
    settled.fire(
        new OutcomesSettled(STAGE, delivery.deliver(arrived, receipts.require(), clock.instant())));
  }
}
