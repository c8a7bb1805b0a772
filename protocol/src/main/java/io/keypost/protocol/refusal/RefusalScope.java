package io.keypost.protocol.refusal;

/** Where a refusal code may stand. */
public enum RefusalScope {
  /**
   * In the answer to whoever called only: it depends on the caller, so it never ends an envelope.
   */
  ANSWER,
  /** As the terminal outcome of an accepted envelope, in a signed receipt. */
  OUTCOME,
  /** At the reader or the user's own client only; it never crosses the network. */
  READER
}
