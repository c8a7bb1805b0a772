package io.keypost.ingress;

import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.Status;
import java.time.Duration;

/** Is told what became of each frame: for metrics and logs. Must not block. */
@FunctionalInterface
public interface AcceptanceListener {

  /**
   * All envelopes of {@code head} got this status.
   *
   * @param took from the frame's last octet, or its head if it was refused by that, to the status
   */
  void settled(Head head, Caller caller, Status status, Duration took);
}
