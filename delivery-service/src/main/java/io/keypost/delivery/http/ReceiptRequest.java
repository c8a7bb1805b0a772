package io.keypost.delivery.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.delivery.custody.WaitingReceipt;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.record.ReceiptPost;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A request with receipts and what its answer says of them (docs/protocol.md, "Receipts").
 *
 * @param receipts 1 to {@value ReceiptPost#MAX_RECEIPTS} under one chain
 */
public record ReceiptRequest(List<WaitingReceipt> receipts) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ACCEPTED = "accepted";

  /** What became of one receipt. */
  public sealed interface Fate {
    /** The sender's operator has it. */
    record Taken() implements Fate {}

    /**
     * It has to be posted again.
     *
     * @param atLeast what was asked for
     * @param code what was answered
     */
    record Again(Duration atLeast, String code) implements Fate {}
  }

  /** Checks the number. */
  public ReceiptRequest {
    receipts = List.copyOf(receipts);
    if (receipts.isEmpty() || receipts.size() > ReceiptPost.MAX_RECEIPTS) {
      throw new IllegalArgumentException(receipts.size() + " receipts in one request");
    }
  }

  /** The body. */
  public Bytes body() {
    return new ReceiptPost(
            receipts.getFirst().chain().certificates(),
            receipts.stream().map(WaitingReceipt::receipt).toList())
        .encode();
  }

  /**
   * Reads the answer: a fate for each receipt, in order. A code that is final says that this
   * operator or its certificate is not known there yet, or no more; that may change, so the receipt
   * is posted again all the same, as seldom as can be.
   *
   * @param longest longest wait
   */
  public List<Fate> fates(int status, Bytes answer, Duration longest) {
    if (status / 100 != 2) {
      Fate again = new Fate.Again(Duration.ZERO, "status " + status);
      return receipts.stream().map(_ -> again).toList();
    }
    JsonNode statuses = statuses(answer);
    List<Fate> fates = new ArrayList<>();
    for (int i = 0; i < receipts.size(); i++) {
      fates.add(fate(statuses.path(i), longest));
    }
    return fates;
  }

  private static JsonNode statuses(Bytes answer) {
    try {
      return JSON.readTree(answer.asInputStream()).path("statuses");
    } catch (IOException e) {
      // Who answers garbage has not taken anything that we could rely on.
      return JSON.createArrayNode();
    }
  }

  private static Fate fate(JsonNode status, Duration longest) {
    String code = status.path("code").asText("");
    if (code.equals(ACCEPTED)) {
      return new Fate.Taken();
    }
    boolean isFinal =
        RefusalCode.byWire(code)
            .filter(known -> known.kind() != RefusalKind.RETRY_AFTER)
            .isPresent();
    Duration asked = Duration.ofSeconds(Math.max(0, status.path("retry_after_seconds").asLong(0)));
    return new Fate.Again(isFinal ? longest : asked, code.isEmpty() ? "no status" : code);
  }
}
