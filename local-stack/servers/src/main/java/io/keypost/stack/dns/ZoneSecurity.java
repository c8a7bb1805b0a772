package io.keypost.stack.dns;

/**
 * How a zone stands in the chain of trust: one good way and the ways that tests need to see
 * refused.
 */
public enum ZoneSecurity {
  /** Signed, and its parent has the matching DS record. */
  SIGNED,
  /** Not signed, and its signed parent proves that it has no DS record: insecure, not bogus. */
  UNSIGNED,
  /**
   * The keys are right, but every other signature was made by a key that the zone does not publish.
   */
  BOGUS,
  /** Signed by the right key, but every signature has run out. */
  EXPIRED
}
