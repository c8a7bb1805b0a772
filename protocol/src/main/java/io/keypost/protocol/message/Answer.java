package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to a request of frames (KP-TRF-5).
 *
 * @param statuses one for each envelope of the frames that were read, in their order; at most
 *     {@value #MAX_STATUSES}
 * @param stopped why reading stopped before the end of the request: the refusal of the frame that
 *     was being read, which has no statuses; null when all was read
 */
public record Answer(List<Status> statuses, @Nullable Refusal stopped) {
  /** Media type of an answer. */
  public static final String MEDIA_TYPE = "application/vnd.keypost.answer";

  /**
   * Most envelopes in one request: a server stops reading there with {@code busy} and no wait, and
   * the rest comes in another request.
   */
  public static final int MAX_STATUSES = 10_000;

  /** Largest encoding that is read, in octets. */
  public static final int MAX_ENCODED_OCTETS = 8 * 1024 * 1024;

  /** Checks the number of statuses. */
  public Answer {
    statuses = List.copyOf(statuses);
    if (statuses.size() > MAX_STATUSES) {
      throw refused("more than " + MAX_STATUSES + " statuses");
    }
  }

  /**
   * Reads an answer. Unknown fields are passed over: an answer is not signed, and a later version
   * may say more.
   *
   * @throws RefusedException {@code malformed_request} when it is none, or too large
   */
  public static Answer decode(Bytes encoded) {
    if (encoded.size() > MAX_ENCODED_OCTETS) {
      throw refused("more than " + MAX_ENCODED_OCTETS + " octets");
    }
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.message.wire.Answer.parser(),
            encoded,
            RefusalCode.MALFORMED_REQUEST);
    if (wire.getStatusesCount() > MAX_STATUSES) {
      throw refused("more than " + MAX_STATUSES + " statuses");
    }
    return new Answer(
        wire.getStatusesList().stream().map(StatusCodec::decode).toList(),
        wire.hasStopped() ? stopped(wire.getStopped()) : null);
  }

  /** The encoding. */
  public Bytes encode() {
    var wire = io.keypost.protocol.message.wire.Answer.newBuilder();
    statuses.forEach(status -> wire.addStatuses(StatusCodec.encode(status)));
    if (stopped != null) {
      wire.setStopped(StatusCodec.encode(new Status.Refused(stopped)));
    }
    return Bytes.copyOf(wire.build().toByteArray());
  }

  private static Refusal stopped(io.keypost.protocol.message.wire.Status wire) {
    return switch (StatusCodec.decode(wire)) {
      case Status.Accepted() -> throw refused("reading stopped because of nothing");
      case Status.Refused(Refusal refusal) -> refusal;
    };
  }

  private static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.MALFORMED_REQUEST, "answer: " + why);
  }
}
