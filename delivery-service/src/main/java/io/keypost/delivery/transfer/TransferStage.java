package io.keypost.delivery.transfer;

import io.keypost.delivery.custody.Mails;
import io.keypost.delivery.handover.Destination;
import io.keypost.delivery.handover.Outbound;
import io.keypost.delivery.kafka.BatchIntake;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.TransferStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.RoutedTransfer;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.protocol.address.MailDomain;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads {@code mail.routed.transfer} and puts each batch into the queue with one commit, before its
 * offsets are committed. What is queued already, or has an outcome, is left as it is.
 */
@ApplicationScoped
public class TransferStage {
  static final String STAGE = "transfer";

  private final BatchIntake<RoutedTransfer> intake;
  private final Database database;
  private final TransferStore transfers;
  private final TransferWorker worker;
  private final MailDomain operator;
  private final InstantSource clock;

  TransferStage(
      Database database,
      TransferStore transfers,
      TransferWorker worker,
      MailDomain operator,
      EventPublisher publisher,
      InstantSource clock,
      Stopping stopping) {
    this.intake =
        new BatchIntake<>(
            STAGE, new EventReader<>(MailEvents.ROUTED_TRANSFER)::read, publisher, clock, stopping);
    this.database = database;
    this.transfers = transfers;
    this.worker = worker;
    this.operator = operator;
    this.clock = clock;
  }

  @Incoming("mail-routed-transfer")
  @Blocking
  void read(ConsumerRecords<byte[], byte[]> batch) {
    intake.take(batch, this::enqueue);
    worker.wake();
  }

  private void enqueue(List<IncomingEvent<RoutedTransfer>> batch) {
    List<Outbound> outbound =
        batch.stream()
            .map(IncomingEvent::event)
            .map(
                event ->
                    new Outbound(
                        Mails.held(event.mail(), event.arrival(), operator),
                        new Destination(event.operator(), event.pool())))
            .toList();
    database.transact(connection -> transfers.enqueue(connection, outbound, clock.instant()));
  }
}
