package io.keypost.directory.pin;

/** What vouches for a pin beside DNS. */
public enum Confirmation {
  /** Nothing. */
  NONE,
  /** {@code https://keypost.<domain>/.well-known/keypost} shows the same pin (KP-PIN-21). */
  HTTPS
}
