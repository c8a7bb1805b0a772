package io.keypost.protocol.message;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/**
 * The one encoding that the protocol takes of a Protobuf message (KP-ENV-3): ascending fields, each
 * once, minimal varints, nothing unknown. It is the encoding that encoding anew gives, so that is
 * the check; that no field is empty is left to whoever knows the fields.
 */
public final class StrictProtobuf {
  /** The end of the year 9999: later times are not times but mistakes. */
  public static final long MAX_UNIX_MILLIS = 253_402_300_799_999L;

  private StrictProtobuf() {}

  /**
   * Parses in whatever encoding, for what must be known before strictness is asked for. Unknown
   * fields are dropped, so that they are missing when the message is encoded anew.
   */
  public static <M extends Message> M parse(
      Parser<M> parser, Bytes encoded, RefusalCode malformed) {
    try {
      return DiscardUnknownFieldsParser.wrap(parser).parseFrom(encoded.asByteBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw RefusedException.of(malformed, "not a Protobuf message of this type", e);
    }
  }

  /**
   * Refuses an encoding that is not the strict one of {@code message}.
   *
   * @throws RefusedException {@code malformed}
   */
  public static void requireStrict(Message message, Bytes encoded, RefusalCode malformed) {
    if (!Bytes.copyOf(message.toByteArray()).equals(encoded)) {
      throw RefusedException.of(malformed, "not the one strict encoding of its fields");
    }
  }
}
