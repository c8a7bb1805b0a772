package io.keypost.delivery.handover;

import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.message.Head;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A frame to be sent: the envelopes of one message whose recipients share a payload.
 *
 * @param envelopes 1 to {@value #MAX_ENVELOPES}, in the order of the head
 */
public record TransferFrame(List<Leased> envelopes) {
  /** Most envelopes in one frame: so many of the largest kind stay below the head's bound. */
  static final int MAX_ENVELOPES = 64;

  /** Copies the list. */
  public TransferFrame {
    envelopes = List.copyOf(envelopes);
  }

  /** Puts work for one destination into as few frames as carry each payload once. */
  public static List<TransferFrame> of(List<Leased> work) {
    Map<PayloadLocation, List<Leased>> byPayload = new LinkedHashMap<>();
    for (Leased leased : work) {
      byPayload.computeIfAbsent(leased.mail().payload(), _ -> new ArrayList<>()).add(leased);
    }
    List<TransferFrame> frames = new ArrayList<>();
    for (List<Leased> sharing : byPayload.values()) {
      for (int from = 0; from < sharing.size(); from += MAX_ENVELOPES) {
        int to = Math.min(from + MAX_ENVELOPES, sharing.size());
        frames.add(new TransferFrame(sharing.subList(from, to)));
      }
    }
    return frames;
  }

  /** The head. */
  public Head head() {
    return new Head(envelopes.stream().map(leased -> leased.mail().sealed()).toList());
  }

  /** Where the payload lies. */
  public PayloadLocation payload() {
    return envelopes.getFirst().mail().payload();
  }
}
