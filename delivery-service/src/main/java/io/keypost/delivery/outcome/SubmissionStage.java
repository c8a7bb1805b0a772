package io.keypost.delivery.outcome;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.Mails;
import io.keypost.delivery.custody.Submission;
import io.keypost.delivery.kafka.BatchIntake;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.SubmissionStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads {@code mail.accepted} in a consumer group of its own, beside the verifier: what users of
 * this provider submitted is written down, so that they see it while it is in flight. Transfers of
 * peers are passed over.
 */
@ApplicationScoped
public class SubmissionStage {
  static final String STAGE = "submission";

  private final BatchIntake<AcceptedMail> intake;
  private final Database database;
  private final SubmissionStore submissions;
  private final MailDomain operator;

  SubmissionStage(
      Database database,
      SubmissionStore submissions,
      MailDomain operator,
      EventPublisher publisher,
      InstantSource clock,
      Stopping stopping) {
    this.intake =
        new BatchIntake<>(
            STAGE, new EventReader<>(MailEvents.ACCEPTED)::read, publisher, clock, stopping);
    this.database = database;
    this.submissions = submissions;
    this.operator = operator;
  }

  @Incoming("mail-accepted")
  @Blocking
  void read(ConsumerRecords<byte[], byte[]> batch) {
    intake.take(batch, this::write);
  }

  private void write(List<IncomingEvent<AcceptedMail>> batch) {
    List<Submission> own = new ArrayList<>();
    for (IncomingEvent<AcceptedMail> incoming : batch) {
      AcceptedMail accepted = incoming.event();
      switch (accepted.arrival()) {
        case Arrival.FromUser arrival -> own.add(submission(accepted, arrival));
        case Arrival.FromPeer _ -> {
          // Its sender's own provider keeps the list.
        }
      }
    }
    if (!own.isEmpty()) {
      database.transact(connection -> submissions.insert(connection, own));
    }
  }

  private Submission submission(AcceptedMail accepted, Arrival.FromUser arrival) {
    HeldMail mail = Mails.held(accepted.mail(), arrival, operator);
    Envelope envelope = mail.sealed().envelope();
    return new Submission(
        mail.facts(), envelope.addressedAs(), envelope.created(), arrival.acceptedAt());
  }
}
