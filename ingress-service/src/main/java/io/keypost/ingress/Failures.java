package io.keypost.ingress;

import io.keypost.payloads.PayloadStoreException;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From what went wrong on this side to a temporary refusal: nothing that breaks here ends anybody's
 * mail.
 */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** The refusal that {@code error} is, wraps or stands for. */
  public static Refusal refusal(Throwable error) {
    Throwable cause = error;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case RefusedException refused -> refused.refusal();
      case PayloadStoreException store -> ofStore(store);
      case KafkaException broker -> ofBroker(broker);
      case TimeoutException timeout -> ofBroker(timeout);
      default -> {
        LOG.error("a fault of this service", cause);
        yield Refusal.of(RefusalCode.UNAVAILABLE, "a fault of this server");
      }
    };
  }

  private static Refusal ofStore(PayloadStoreException store) {
    LOG.warn("the payload store refused: {}", store.getMessage());
    return switch (store.failure()) {
      case BUSY -> Refusal.of(RefusalCode.BUSY, "too many payloads at once");
      case UNAVAILABLE, NOT_YET_VISIBLE, GONE, CORRUPT, SIZE_DIFFERS, CLOSED ->
          Refusal.of(RefusalCode.STORE_UNAVAILABLE, "the payload could not be stored");
    };
  }

  private static Refusal ofBroker(Exception broker) {
    LOG.warn("the event was not written: {}", broker.toString());
    return Refusal.of(RefusalCode.BROKER_UNAVAILABLE, "the event could not be written");
  }
}
