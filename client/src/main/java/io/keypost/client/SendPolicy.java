package io.keypost.client;

/**
 * What to do when an address shows a key or pointer that does not follow from what is remembered.
 */
public enum SendPolicy {
  /** Refuse with {@code key_change_unsigned} (KP-KEY-8). */
  REFUSE_UNSIGNED_CHANGE,
  /** The user has looked at it, and wants it: remember it from now on. */
  ACCEPT_UNSIGNED_CHANGE
}
