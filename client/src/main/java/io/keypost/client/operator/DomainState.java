package io.keypost.client.operator;

import org.jspecify.annotations.Nullable;

/**
 * A domain as its key server has it.
 *
 * @param domain whose
 * @param state {@code awaiting_authority} or {@code ready}
 * @param gen of the root statement in force
 * @param dns the record to publish, once there is one
 */
public record DomainState(String domain, String state, long gen, @Nullable DnsRecord dns) {
  private static final String READY = "ready";

  /** Whether its authority was uploaded. */
  public boolean isReady() {
    return state.equals(READY);
  }

  /**
   * A TXT record.
   *
   * @param name owner name
   * @param txt its text
   */
  public record DnsRecord(String name, String txt) {}
}
