package io.keypost.protocol.pin;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tag lists as in DKIM (RFC 6376 section 3.2): {@code name=value} separated by semicolons, white
 * space around names and values ignored, a name at most once, a semicolon at the end allowed.
 */
final class TagList {
  /** Names are {@code ALPHA *(ALPHA / DIGIT / "_")}. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  /** Values are printable ASCII without semicolons; spaces only inside. */
  private static final Pattern VALUE =
      Pattern.compile("(?:[\\x21-\\x3A\\x3C-\\x7E]+(?:[ \\t]+[\\x21-\\x3A\\x3C-\\x7E]+)*+)?");

  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

  /** More tags than any pin has: a bound on work, not on meaning. */
  private static final int MAX_TAGS = 32;

  private TagList() {}

  /** The tags in their order, names as written (they are case-sensitive). */
  static Map<String, String> parse(String text) {
    Map<String, String> tags = new LinkedHashMap<>();
    String[] specs = text.split(";", -1);
    int last = specs.length - 1;
    for (int i = 0; i <= last; i++) {
      String spec = trim(specs[i]);
      if (i == last && i > 0 && spec.isEmpty()) {
        break;
      }
      addTag(spec, tags);
    }
    return Collections.unmodifiableMap(tags);
  }

  private static void addTag(String spec, Map<String, String> tags) {
    int equals = spec.indexOf('=');
    if (equals < 0 || tags.size() == MAX_TAGS) {
      throw refused("not a list of at most " + MAX_TAGS + " tags");
    }
    String name = trim(spec.substring(0, equals));
    String value = trim(spec.substring(equals + 1));
    Matcher valueMatcher = VALUE.matcher(value);
    if (!NAME.matcher(name).matches() || !valueMatcher.matches()) {
      throw refused("a tag's name or value holds what it may not");
    }
    if (tags.putIfAbsent(name, value) != null) {
      throw refused("a tag stands twice");
    }
  }

  /** Decimal, no sign, no leading zero, at most {@code max}. */
  static long parseNumber(String tag, String value, long max) {
    if (NUMBER.matcher(value).matches()) {
      long number = Long.parseLong(value);
      if (number <= max) {
        return number;
      }
    }
    throw refused(tag + ": not a number of at most " + max);
  }

  /** White space here is space and tab: a TXT record has no lines. */
  private static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isWhiteSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isWhiteSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isWhiteSpace(char c) {
    return c == ' ' || c == '\t';
  }

  static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.PIN_MALFORMED, why);
  }
}
