package io.keypost.protocol.message;

import io.keypost.protocol.refusal.Refusal;

/** What became of one envelope of a request (KP-TRF-5). */
public sealed interface Status {
  /** Payload and event are durable: whoever answered has custody now. */
  record Accepted() implements Status {}

  /** Nothing of this envelope is kept. */
  record Refused(Refusal refusal) implements Status {}
}
