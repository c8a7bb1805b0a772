package io.keypost.delivery.outcome;

import io.keypost.delivery.custody.LostMail;
import io.keypost.delivery.kafka.BatchIntake;
import io.keypost.delivery.kafka.DeadMailReader;
import io.keypost.delivery.kafka.DeadMailReader.DeadMail;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.LostMailStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.events.config.KafkaConfig;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.protocol.address.MailDomain;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Reads {@code mail.dead-letter} and writes down which envelopes this provider still holds, before
 * the offsets are committed: if nobody replays them, {@link LostMailSweep} ends them (KP-OUT-5).
 * Counts what it read ({@value #METRIC}) by what a letter held.
 */
@ApplicationScoped
public class DeadLetterStage {
  static final String STAGE = "dead-letter";
  static final String METRIC = "keypost.dead.letters.read";

  private static final Logger LOG = Logger.getLogger(DeadLetterStage.class);

  private final BatchIntake<DeadMail> intake;
  private final Database database;
  private final LostMailStore lostMail;
  private final MeterRegistry registry;

  DeadLetterStage(
      Database database,
      LostMailStore lostMail,
      MeterRegistry registry,
      KafkaConfig kafka,
      MailDomain operator,
      EventPublisher publisher,
      InstantSource clock,
      Stopping stopping) {
    DeadMailReader reader = new DeadMailReader(kafka.topics(), operator);
    this.intake = new BatchIntake<>(STAGE, reader::read, publisher, clock, stopping);
    this.database = database;
    this.lostMail = lostMail;
    this.registry = registry;
  }

  @Incoming("mail-dead-letter")
  @Blocking
  void read(ConsumerRecords<byte[], byte[]> batch) {
    intake.take(batch, this::write);
  }

  private void write(List<IncomingEvent<DeadMail>> batch) {
    List<LostMail> lost = new ArrayList<>();
    for (IncomingEvent<DeadMail> incoming : batch) {
      if (incoming.event() instanceof DeadMail.Lost(LostMail mail)) {
        lost.add(mail);
      }
    }
    if (!lost.isEmpty()) {
      database.transact(connection -> lostMail.keep(connection, lost));
    }
    batch.forEach(incoming -> count(incoming.event()));
  }

  private void count(DeadMail letter) {
    String holds =
        switch (letter) {
          case DeadMail.Lost _ -> "mail";
          case DeadMail.NoMail _ -> "no_mail";
          case DeadMail.Undecodable(String error) -> {
            LOG.errorf("a dead letter ends by nobody unless it is replayed: %s", error);
            yield "undecodable";
          }
        };
    registry.counter(METRIC, "holds", holds).increment();
  }
}
