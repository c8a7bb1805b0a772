package io.keypost.protocol.message;

import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Duration;

/** Statuses as they stand in an {@link Answer}. */
final class StatusCodec {
  private static final String ACCEPTED = "accepted";

  private StatusCodec() {}

  static io.keypost.protocol.message.wire.Status encode(Status status) {
    var wire = io.keypost.protocol.message.wire.Status.newBuilder();
    return switch (status) {
      case Status.Accepted() -> wire.setCode(ACCEPTED).build();
      case Status.Refused(Refusal refusal) -> {
        wire.setCode(refusal.code().wire()).setDetail(refusal.detail());
        switch (refusal) {
          case Refusal.RetryAfter retry ->
              wire.setRetryAfterSeconds((int) retry.after().toSeconds());
          case Refusal.NeedsClient needs -> {
            if (needs.record() != null) {
              wire.setRecord(needs.record());
            }
          }
          case Refusal.Permanent permanent -> {}
        }
        yield wire.build();
      }
    };
  }

  static Status decode(io.keypost.protocol.message.wire.Status wire) {
    if (wire.getCode().equals(ACCEPTED)) {
      return new Status.Accepted();
    }
    return new Status.Refused(
        RefusalCode.byWire(wire.getCode())
            .map(code -> refusal(code, wire))
            .orElseGet(() -> unknown(wire.getCode())));
  }

  private static Refusal refusal(RefusalCode code, io.keypost.protocol.message.wire.Status wire) {
    return switch (code.kind()) {
      case RETRY_AFTER ->
          new Refusal.RetryAfter(
              code,
              Duration.ofSeconds(Integer.toUnsignedLong(wire.getRetryAfterSeconds())),
              wire.getDetail());
      case NEEDS_CLIENT ->
          new Refusal.NeedsClient(
              code, wire.getDetail(), wire.getRecord().isEmpty() ? null : wire.getRecord());
      case PERMANENT -> new Refusal.Permanent(code, wire.getDetail());
    };
  }

  /** What is not understood never ends a message: it is tried again until it expires (KP-REF-4). */
  private static Refusal unknown(String code) {
    return new Refusal.RetryAfter(
        RefusalCode.UNAVAILABLE, Refusal.DEFAULT_RETRY, "a code of another version: " + code);
  }
}
