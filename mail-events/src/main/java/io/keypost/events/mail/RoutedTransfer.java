package io.keypost.events.mail;

import io.keypost.protocol.address.MailDomain;

/**
 * {@code mail.routed.transfer}: another operator takes it.
 *
 * @param mail what was accepted
 * @param arrival how it came in
 * @param verification what proved it
 * @param operator operator domain whose servers receive for the recipient
 * @param pool name of that operator's pool of servers, 1 to {@value #MAX_POOL_CHARACTERS}
 *     characters
 */
public record RoutedTransfer(
    SealedMail mail, Arrival arrival, Verification verification, MailDomain operator, String pool) {
  /** Longest name of a pool. */
  public static final int MAX_POOL_CHARACTERS = 100;

  /** Checks the pool's name. */
  public RoutedTransfer {
    if (pool.isEmpty() || pool.length() > MAX_POOL_CHARACTERS) {
      throw new IllegalArgumentException("pool: 1 to " + MAX_POOL_CHARACTERS + " characters");
    }
  }
}
