package io.keypost.delivery.handover;

/** What is known of the attempts so far. */
public enum Doubt {
  /** Every one of them was answered, or never sent: custody is here. */
  NONE,
  /** One of them ended without an answer: the peer may hold the envelope as well. */
  PEER_MAY_HOLD_IT
}
