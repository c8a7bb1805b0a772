package io.keypost.events.stage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.keypost.events.Topics;
import io.keypost.events.wire.DeadLetter;
import io.keypost.protocol.Bytes;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Makes the dead letter of a record: the record exactly as it came, with who gave up and why; and
 * reads one.
 */
public final class DeadLetters {

  /** Longest error text that a dead letter carries, in characters. */
  public static final int MAX_ERROR_CHARACTERS = 2000;

  private DeadLetters() {}

  /**
   * The dead letter of {@code polled}.
   *
   * @param stage name of the stage that gave up
   * @param reason the class of the failure
   * @param error what went wrong, without secrets; cut after {@link #MAX_ERROR_CHARACTERS}
   * @param now when it was given up
   */
  public static OutgoingEvent of(
      ConsumerRecord<byte[], byte[]> polled,
      String stage,
      DeadLetterReason reason,
      String error,
      Instant now) {
    EventHeaders headers = EventHeaders.read(polled.headers());
    DeadLetter.Builder letter =
        DeadLetter.newBuilder()
            .setTopic(polled.topic())
            .setPartition(polled.partition())
            .setOffset(polled.offset())
            .setStage(stage)
            .setReason(reason.wire())
            .setError(
                error.length() <= MAX_ERROR_CHARACTERS
                    ? error
                    : error.substring(0, MAX_ERROR_CHARACTERS))
            .setFirstAt(headers.firstFailedAt().orElse(now).toEpochMilli())
            .setLastAt(now.toEpochMilli())
            .setAttempts(headers.attempts() + 1);
    if (polled.key() != null) {
      letter.setKey(ByteString.copyFrom(polled.key()));
    }
    if (polled.value() != null) {
      letter.setValue(ByteString.copyFrom(polled.value()));
    }
    polled
        .headers()
        .forEach(
            header ->
                letter.addHeaders(
                    io.keypost.events.wire.Header.newBuilder()
                        .setName(header.key())
                        .setValue(
                            header.value() == null
                                ? ByteString.EMPTY
                                : ByteString.copyFrom(header.value()))));
    Bytes key = polled.key() == null ? Bytes.empty() : Bytes.copyOf(polled.key());
    return new OutgoingEvent(
        Topics.MAIL_DEAD_LETTER,
        key,
        Bytes.copyOf(letter.build().toByteArray()),
        headers.passedOn());
  }

  /**
   * The record that a stage gave up on, with its topic, key, value and headers as they were; its
   * timestamp is the letter's.
   *
   * @throws InvalidProtocolBufferException if {@code letter} is no dead letter
   */
  public static ConsumerRecord<byte[], byte[]> givenUp(ConsumerRecord<byte[], byte[]> letter)
      throws InvalidProtocolBufferException {
    if (letter.value() == null) {
      throw new InvalidProtocolBufferException("the record has no value");
    }
    DeadLetter read = DeadLetter.parseFrom(letter.value());
    RecordHeaders headers = new RecordHeaders();
    read.getHeadersList()
        .forEach(header -> headers.add(header.getName(), header.getValue().toByteArray()));
    byte[] key = read.getKey().toByteArray();
    byte[] value = read.getValue().toByteArray();
    return new ConsumerRecord<>(
        read.getTopic(),
        read.getPartition(),
        read.getOffset(),
        letter.timestamp(),
        TimestampType.LOG_APPEND_TIME,
        key.length,
        value.length,
        key,
        value,
        headers,
        Optional.empty());
  }
}
