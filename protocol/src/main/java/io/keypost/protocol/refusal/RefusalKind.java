package io.keypost.protocol.refusal;

/** What whoever was refused should do next. */
public enum RefusalKind {
  /** The same again, later: nothing about what was sent is wrong. */
  RETRY_AFTER,
  /** The sender's client must make the message anew, for another key or another recipient. */
  NEEDS_CLIENT,
  /** Never again in this form. */
  PERMANENT
}
