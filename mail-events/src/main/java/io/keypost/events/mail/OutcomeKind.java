package io.keypost.events.mail;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The four ways in which an accepted envelope may end (docs/protocol.md, "Outcomes"). */
public enum OutcomeKind {
  /** In the recipient's mailbox. */
  DELIVERED,
  /** Refused, with a code. */
  REFUSED,
  /** Not delivered before it expired. */
  EXPIRED,
  /** The sender's client must seal it anew, with a code. */
  NEEDS_CLIENT;

  /** The constant's name in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds an outcome by its wire form. */
  public static Optional<OutcomeKind> byWire(String wire) {
    return Arrays.stream(values()).filter(kind -> kind.wire().equals(wire)).findFirst();
  }

  /** Whether a refusal code belongs to it. */
  public boolean hasCode() {
    return this == REFUSED || this == NEEDS_CLIENT;
  }
}
