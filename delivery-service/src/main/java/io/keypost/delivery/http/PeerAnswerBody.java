package io.keypost.delivery.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.handover.TransferFrame;
import io.keypost.delivery.handover.TransferVerdict;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What came back from a transfer, unread.
 *
 * @param contentType as sent; empty if none was
 * @param retryAfter header in whole seconds, zero if there was none that could be read
 */
record PeerAnswerBody(int status, String contentType, Duration retryAfter, Bytes body) {
  /** Statuses by which a server refuses a request before it reads a frame. */
  private static final Set<Integer> BEFORE_ANY_FRAME =
      Set.of(401, 403, 404, 413, 415, 421, 429, 503);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What it means for the envelopes of the frames that were begun, in their order. */
  Map<Leased, TransferVerdict> verdicts(List<TransferFrame> begun) {
    if (contentType.startsWith(Answer.MEDIA_TYPE) && (status == 202 || status == 400)) {
      try {
        return TransferVerdict.of(begun, Answer.decode(body));
      } catch (RefusedException e) {
        return all(begun, new TransferVerdict.Unanswered(e.refusal().detail()));
      }
    }
    if (BEFORE_ANY_FRAME.contains(status)) {
      // It is about this server, not about the mail: the mail waits until that is mended.
      return all(begun, new TransferVerdict.Later(retryAfter, problemCode(), problem()));
    }
    return all(begun, new TransferVerdict.Unanswered("status " + status));
  }

  private static Map<Leased, TransferVerdict> all(
      List<TransferFrame> frames, TransferVerdict verdict) {
    Map<Leased, TransferVerdict> verdicts = new LinkedHashMap<>();
    frames.forEach(frame -> frame.envelopes().forEach(e -> verdicts.put(e, verdict)));
    return verdicts;
  }

  private RefusalCode problemCode() {
    return member("code").flatMap(RefusalCode::byWire).orElse(RefusalCode.UNAVAILABLE);
  }

  private String problem() {
    return "status "
        + status
        + ", "
        + member("code").orElse("no code")
        + ": "
        + member("detail").orElse("");
  }

  private Optional<String> member(String name) {
    try {
      JsonNode value = JSON.readTree(body.asInputStream()).path(name);
      return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
