package io.keypost.protocol.refusal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A refusal with its code and the words that explain it (KP-REF-1). The detail is for people: at
 * most {@value #MAX_DETAIL_CHARACTERS} characters, one line, no secrets and no payload.
 */
public sealed interface Refusal {
  /** Longest detail in characters; a longer one is cut. */
  int MAX_DETAIL_CHARACTERS = 500;

  /** How long to wait when the one who refuses has no better idea. */
  Duration DEFAULT_RETRY = Duration.ofSeconds(30);

  /** Longest wait that one side may ask of the other. */
  Duration MAX_RETRY = Duration.ofHours(1);

  /** The stable code. */
  RefusalCode code();

  /** What was wrong, in words. */
  String detail();

  /**
   * Try the same again, not before {@code after} has passed.
   *
   * @param after zero to {@link #MAX_RETRY}
   */
  record RetryAfter(RefusalCode code, Duration after, String detail) implements Refusal {
    /** Checks the kind and brings wait and detail into their bounds. */
    public RetryAfter {
      requireKind(code, RefusalKind.RETRY_AFTER);
      if (after.isNegative()) {
        after = Duration.ZERO;
      } else if (after.compareTo(MAX_RETRY) > 0) {
        after = MAX_RETRY;
      }
      detail = oneLine(detail);
    }
  }

  /**
   * The sender's client must seal the message anew.
   *
   * @param record the signed record that says what changed, when there is one to show
   */
  record NeedsClient(RefusalCode code, String detail, @Nullable String record) implements Refusal {
    /** Checks the kind and brings the detail into its bounds. */
    public NeedsClient {
      requireKind(code, RefusalKind.NEEDS_CLIENT);
      detail = oneLine(detail);
    }
  }

  /** Final. */
  record Permanent(RefusalCode code, String detail) implements Refusal {
    /** Checks the kind and brings the detail into its bounds. */
    public Permanent {
      requireKind(code, RefusalKind.PERMANENT);
      detail = oneLine(detail);
    }
  }

  /**
   * A refusal of the kind that belongs to {@code code}, with {@link #DEFAULT_RETRY} where one
   * waits.
   */
  static Refusal of(RefusalCode code, String detail) {
    return switch (code.kind()) {
      case RETRY_AFTER -> new RetryAfter(code, DEFAULT_RETRY, detail);
      case NEEDS_CLIENT -> new NeedsClient(code, detail, null);
      case PERMANENT -> new Permanent(code, detail);
    };
  }

  private static void requireKind(RefusalCode code, RefusalKind kind) {
    if (code.kind() != kind) {
      throw new IllegalArgumentException(code.wire() + " is " + code.kind() + ", not " + kind);
    }
  }

  private static String oneLine(String detail) {
    StringBuilder line = new StringBuilder(Math.min(detail.length(), MAX_DETAIL_CHARACTERS));
    detail
        .codePoints()
        // A detail may quote hostile input: no control or format character reaches a log or
        // terminal.
        .map(c -> isPrintable(c) ? c : '\ufffd')
        .takeWhile(c -> line.length() + Character.charCount(c) <= MAX_DETAIL_CHARACTERS)
        .forEachOrdered(line::appendCodePoint);
    return line.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
