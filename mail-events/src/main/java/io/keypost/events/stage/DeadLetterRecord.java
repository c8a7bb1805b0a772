package io.keypost.events.stage;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keypost.events.wire.DeadLetter;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Reads a record of {@code mail.dead-letter}. */
public final class DeadLetterRecord {
  private DeadLetterRecord() {}

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
