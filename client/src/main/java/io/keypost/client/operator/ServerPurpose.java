package io.keypost.client.operator;

/** What a service's certificates are for. */
public enum ServerPurpose {
  /** A server certificate only. */
  SERVER,
  /** Also one that signs receipts. */
  SERVER_AND_RECEIPTS
}
