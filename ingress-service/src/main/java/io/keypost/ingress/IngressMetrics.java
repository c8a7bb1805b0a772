package io.keypost.ingress;

import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Counts and logs what the front door answers. Codes are labels, callers are not: their number is
 * not ours to bound.
 *
 * <ul>
 *   <li>{@code keypost.ingress.envelopes{way,code}}: envelopes by what became of them
 *   <li>{@code keypost.ingress.payload.octets{way}}: octets of accepted payloads, each counted once
 *   <li>{@code keypost.ingress.acceptance{way}}: time from a frame's last octet to its status
 *   <li>{@code keypost.ingress.refused.requests{way,code}}: requests refused or stopped as a whole
 *   <li>{@code keypost.ingress.receipts{code}}: receipts by what became of them
 *   <li>{@code keypost.ingress.handshakes.failed}: connections that never became TLS 1.3 with
 *       HTTP/2
 * </ul>
 */
@Singleton
public class IngressMetrics implements AcceptanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(IngressMetrics.class);
  private static final String ACCEPTED = "accepted";

  private final MeterRegistry registry;

  /** Registers with {@code registry}. */
  public IngressMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** The three resources. */
  public enum Way {
    /** {@code /v1/submissions}. */
    SUBMISSION,
    /** {@code /v1/transfers}. */
    TRANSFER,
    /** {@code /v1/receipts}. */
    RECEIPT;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public void settled(Head head, Caller caller, Status status, Duration took) {
    String way = (caller instanceof Caller.User ? Way.SUBMISSION : Way.TRANSFER).label();
    registry
        .counter("keypost.ingress.envelopes", "way", way, "code", code(status))
        .increment(head.signed().size());
    registry.timer("keypost.ingress.acceptance", "way", way).record(took);
    try (var _ = MDC.putCloseable("messageId", head.messageId().base64Url())) {
      switch (status) {
        case Status.Accepted() -> {
          registry
              .counter("keypost.ingress.payload.octets", "way", way)
              .increment(head.payloadSize());
          LOG.info(
              "{} of {}: accepted, {} envelope(s), {} octets, {} ms",
              way,
              caller.name(),
              head.signed().size(),
              head.payloadSize(),
              took.toMillis());
        }
        case Status.Refused(Refusal refusal) ->
            LOG.info(
                "{} of {}: {}, {}", way, caller.name(), refusal.code().wire(), refusal.detail());
      }
    }
  }

  /** A request was refused, or reading it was stopped. */
  public void refused(Way way, Refusal refusal) {
    registry
        .counter(
            "keypost.ingress.refused.requests", "way", way.label(), "code", refusal.code().wire())
        .increment();
    LOG.info("{} refused: {}, {}", way.label(), refusal.code().wire(), refusal.detail());
  }

  /** A receipt got this status. */
  public void receipt(Status status) {
    registry.counter("keypost.ingress.receipts", "code", code(status)).increment();
  }

  /** A connection ended before it was TLS 1.3 with HTTP/2, or by a breach of HTTP/2. */
  public void connectionFailed(Throwable cause) {
    registry.counter("keypost.ingress.handshakes.failed").increment();
    LOG.debug("a connection failed: {}", cause.toString());
  }

  private static String code(Status status) {
    return switch (status) {
      case Status.Accepted() -> ACCEPTED;
      case Status.Refused(Refusal refusal) -> refusal.code().wire();
    };
  }
}
