package io.keypost.events.mail;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.keypost.events.Topics;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.UndecodableEventException;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.function.Function;

/**
 * Joins a generated message with the record that stands for it.
 *
 * @param <T> the record
 * @param <M> the generated message
 */
record ProtobufCodec<T, M extends Message>(
    Topics topic,
    Parser<M> parser,
    Function<T, M> encoder,
    Function<M, T> decoder,
    Function<T, Bytes> keyOf)
    implements EventCodec<T> {

  @Override
  public Bytes encode(T event) {
    return Bytes.copyOf(encoder.apply(event).toByteArray());
  }

  @Override
  public T decode(byte[] octets) {
    M message;
    try {
      message = parser.parseFrom(octets);
    } catch (InvalidProtocolBufferException e) {
      throw new UndecodableEventException(
          DeadLetterReason.UNDECODABLE, "not a Protobuf message of " + topic.baseName(), e);
    }
    requireKnownFields(message);
    try {
      return decoder.apply(message);
    } catch (RefusedException | IllegalArgumentException e) {
      throw new UndecodableEventException(
          DeadLetterReason.INVALID_FIELD, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Bytes key(T event) {
    return keyOf.apply(event);
  }

  /**
   * A field of a later version may change what the others mean: such an event waits for that
   * version among the dead letters.
   */
  private void requireKnownFields(Message message) {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new UndecodableEventException(
          DeadLetterReason.UNKNOWN_FIELD,
          message.getDescriptorForType().getName() + " has unknown fields");
    }
    for (Object value : message.getAllFields().values()) {
      List<?> values = value instanceof List<?> several ? several : List.of(value);
      for (Object one : values) {
        if (one instanceof Message nested) {
          requireKnownFields(nested);
        }
      }
    }
  }
}
