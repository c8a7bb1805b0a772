package io.keypost.events.stage;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads records of one topic, or of its retry topics, into events. Whatever the octets are, the
 * result is an event or a typed reason.
 *
 * @param <T> the event
 */
public final class EventReader<T> {
  private final EventCodec<T> codec;

  /** Reads with {@code codec}. */
  public EventReader(EventCodec<T> codec) {
    this.codec = codec;
  }

  /** What a record turned out to be. */
  public sealed interface Read<T> {
    /** An event. */
    record Decoded<T>(IncomingEvent<T> incoming) implements Read<T> {}

    /** Something for the dead letters. */
    record Undecodable<T>(DeadLetterReason reason, String error) implements Read<T> {}
  }

  /** Reads one record. */
  public Read<T> read(ConsumerRecord<byte[], byte[]> polled) {
    Optional<String> version = EventHeaders.version(polled.headers());
    if (!version.equals(Optional.of(EventHeaders.CURRENT_VERSION))) {
      return new Read.Undecodable<>(
          DeadLetterReason.FUTURE_VERSION,
          "schema version "
              + version.orElse("none")
              + ", this reads "
              + EventHeaders.CURRENT_VERSION);
    }
    if (polled.value() == null) {
      return new Read.Undecodable<>(DeadLetterReason.UNDECODABLE, "the record has no value");
    }
    try {
      T event = codec.decode(polled.value());
      return new Read.Decoded<>(
          new IncomingEvent<>(
              event,
              EventHeaders.read(polled.headers()),
              Instant.ofEpochMilli(polled.timestamp())));
    } catch (UndecodableEventException e) {
      return new Read.Undecodable<>(e.reason(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Poison must not stop a partition, whatever it trips over.
      return new Read.Undecodable<>(DeadLetterReason.UNDECODABLE, e.toString());
    }
  }
}
