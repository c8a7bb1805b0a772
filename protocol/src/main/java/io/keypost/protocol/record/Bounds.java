package io.keypost.protocol.record;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;

/** The bounds that records check in their constructors: a record out of bounds does not exist. */
final class Bounds {
  /** 2^53 - 1: the largest integer that every JSON reader keeps exactly (RFC 8259 section 6). */
  static final long MAX_INTEGER = (1L << 53) - 1;

  private Bounds() {}

  static void counted(String name, long value) {
    range(name, value, 0, MAX_INTEGER);
  }

  static void range(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " is not between " + least + " and " + most);
    }
  }

  static void size(String name, Collection<?> values, int least, int most) {
    range("the number of " + name, values.size(), least, most);
  }

  /** 1 to {@code most} printable ASCII characters. */
  static void text(String name, String value, int most) {
    if (value.isEmpty()
        || value.length() > most
        || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(name + " is not 1 to " + most + " printable characters");
    }
  }

  /** JSON carries whole seconds: what is signed reads back equal. */
  static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }
}
