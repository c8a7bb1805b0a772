package io.keypost.protocol.message;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/**
 * The one encoding that the protocol takes of a Protobuf message (KP-ENV-3): ascending fields, each
 * once, minimal varints, nothing unknown. It is the encoding that encoding anew gives, so that is
 * the check; that no field is empty is left to whoever knows the fields.
 */
final class StrictProtobuf {
  private StrictProtobuf() {}

  /** Parses in whatever encoding, for what must be known before strictness is asked for. */
  static <M extends MessageLite> M parse(Parser<M> parser, Bytes encoded, RefusalCode malformed) {
    try {
      return parser.parseFrom(encoded.asByteBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw RefusedException.of(malformed, "not a Protobuf message of this type", e);
    }
  }

  /** Refuses an encoding that is not the strict one of {@code message}. */
  static void requireStrict(MessageLite message, Bytes encoded, RefusalCode malformed) {
    if (!Bytes.copyOf(message.toByteArray()).equals(encoded)) {
      throw RefusedException.of(malformed, "not the one strict encoding of its fields");
    }
  }
}
