package io.keypost.directory.pin;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * When a domain was seen for the first time, and what its root was believed by then: everything
 * after it rests on the root's own announcements.
 *
 * @param at whole seconds
 * @param by what was believed
 */
public record FirstSight(Instant at, By by) {
  /** What a root may be believed by that nobody announced. */
  public enum By {
    /** Its pin was validated by DNSSEC (KP-PIN-9). */
    DNSSEC,
    /** Its pin was insecure, and {@code https://keypost.<domain>} showed the same (KP-PIN-21). */
    HTTPS,
    /** It is the own operator's, and came with this service's certificate (KP-PIN-23). */
    ENROLMENT,
    /** An administrator took it in the place of one that never announced it (KP-PIN-22). */
    ADMINISTRATOR;

    /** Lower case, as it stands in JSON. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the form of {@link #wire}. */
    public static Optional<By> byWire(String wire) {
      return Arrays.stream(values()).filter(by -> by.wire().equals(wire)).findFirst();
    }
  }
}
