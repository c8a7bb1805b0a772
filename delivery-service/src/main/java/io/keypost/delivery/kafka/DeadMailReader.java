package io.keypost.delivery.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.LostMail;
import io.keypost.delivery.custody.Mails;
import io.keypost.events.RetryTopics;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.DeadLetters;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.EventReader;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Finds in a dead letter the envelope that a stage gave up on. It is read as strictly as the stage
 * read it: what was undecodable then is undecodable here, and nothing is guessed.
 */
public final class DeadMailReader {

  /** What a dead letter tells. */
  public sealed interface DeadMail {
    /** An envelope in this provider's custody. */
    record Lost(LostMail mail) implements DeadMail {}

    /** It holds an event that brings no envelope into custody: a receipt, another dead letter. */
    record NoMail() implements DeadMail {}

    /** Its record cannot be read; if it was mail, only who replays it can bring it to an end. */
    record Undecodable(String error) implements DeadMail {}
  }

  private final MailDomain self;
  private final Map<String, Function<ConsumerRecord<byte[], byte[]>, DeadMail>> byTopic =
      new HashMap<>();

  /**
   * Of one provider.
   *
   * @param topics how its topics are called
   * @param self this operator, which its own users' receipts go to
   */
  public DeadMailReader(TopicSettings topics, MailDomain self) {
    this.self = self;
    for (Topics topic : Topics.values()) {
      byTopic.put(topics.nameOf(topic), _ -> new DeadMail.NoMail());
    }
    read(topics, RetryTopics.ACCEPTED.all(), MailEvents.ACCEPTED, e -> held(e.mail(), e.arrival()));
    read(topics, RetryTopics.VERIFIED.all(), MailEvents.VERIFIED, e -> held(e.mail(), e.arrival()));
    read(topics, List.of(), MailEvents.ROUTED_MAILBOX, e -> held(e.mail(), e.arrival()));
    read(topics, List.of(), MailEvents.ROUTED_TRANSFER, e -> held(e.mail(), e.arrival()));
    read(
        topics,
        List.of(),
        MailEvents.PROPOSED,
        proposed ->
            switch (proposed) {
              case ProposedOutcome.ProposedRefusal refusal ->
                  held(refusal.mail(), refusal.arrival());
              case ProposedOutcome.ProposedExpiry expiry -> held(expiry.mail(), expiry.arrival());
              case ProposedOutcome.CheckedReceipt _ -> Optional.empty();
            });
  }

  private <T> void read(
      TopicSettings topics,
      List<Topics> retries,
      EventCodec<T> codec,
      Function<T, Optional<HeldMail>> mail) {
    EventReader<T> reader = new EventReader<>(codec);
    Function<ConsumerRecord<byte[], byte[]>, DeadMail> dead =
        polled ->
            switch (reader.read(polled)) {
              case EventReader.Read.Decoded<T>(IncomingEvent<T> incoming) ->
                  mail.apply(incoming.event())
                      .map(held -> new LostMail(held.facts(), held.returnOperator()))
                      .<DeadMail>map(DeadMail.Lost::new)
                      .orElseGet(DeadMail.NoMail::new);
              case EventReader.Read.Undecodable<T>(var reason, String error) ->
                  new DeadMail.Undecodable(reason.wire() + ": " + error);
            };
    byTopic.put(topics.nameOf(codec.topic()), dead);
    retries.forEach(topic -> byTopic.put(topics.nameOf(topic), dead));
  }

  private Optional<HeldMail> held(SealedMail mail, Arrival arrival) {
    return Optional.of(Mails.held(mail, arrival, self));
  }

  /** Reads one record of {@code mail.dead-letter}; whatever it holds, the answer is a value. */
  public EventReader.Read<DeadMail> read(ConsumerRecord<byte[], byte[]> polled) {
    return new EventReader.Read.Decoded<>(
        new IncomingEvent<>(
            deadMail(polled),
            EventHeaders.read(polled.headers()),
            Instant.ofEpochMilli(polled.timestamp())));
  }

  private DeadMail deadMail(ConsumerRecord<byte[], byte[]> polled) {
    try {
      ConsumerRecord<byte[], byte[]> given = DeadLetters.givenUp(polled);
      Function<ConsumerRecord<byte[], byte[]>, DeadMail> reader = byTopic.get(given.topic());
      return reader == null
          ? new DeadMail.Undecodable("of topic " + given.topic())
          : reader.apply(given);
    } catch (InvalidProtocolBufferException e) {
      return new DeadMail.Undecodable("not a dead letter: " + e.getMessage());
    }
  }
}
