package io.keypost.delivery.handover;

import java.util.ArrayList;
import java.util.List;

/** Cuts frames into requests of bounded size. */
public final class TransferBatch {
  private TransferBatch() {}

  /**
   * Frames in their order, as few requests as the bounds allow.
   *
   * @param maxEnvelopes of one request; a single frame may have more
   * @param maxPayloadOctets of one request; a single frame may have more
   */
  public static List<List<TransferFrame>> cut(
      List<TransferFrame> frames, int maxEnvelopes, long maxPayloadOctets) {
    List<List<TransferFrame>> requests = new ArrayList<>();
    List<TransferFrame> request = new ArrayList<>();
    int envelopes = 0;
    long octets = 0;
    for (TransferFrame frame : frames) {
      boolean full =
          envelopes + frame.envelopes().size() > maxEnvelopes
              || octets + frame.payload().length() > maxPayloadOctets;
      if (full && !request.isEmpty()) {
        requests.add(List.copyOf(request));
        request.clear();
        envelopes = 0;
        octets = 0;
      }
      request.add(frame);
      envelopes += frame.envelopes().size();
      octets += frame.payload().length();
    }
    if (!request.isEmpty()) {
      requests.add(List.copyOf(request));
    }
    return requests;
  }
}
