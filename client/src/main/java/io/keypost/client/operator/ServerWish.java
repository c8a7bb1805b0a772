package io.keypost.client.operator;

/** What an operator wants of a receiving server. */
public enum ServerWish {
  /** Nothing new goes to it. */
  DRAINED,
  /** It takes new mail. */
  IN_SERVICE
}
