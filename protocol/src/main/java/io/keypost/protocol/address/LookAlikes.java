package io.keypost.protocol.address;

import com.ibm.icu.text.SpoofChecker;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a reader should be told about an address that may pass for another (KP-ADR-5, Unicode
 * Technical Standard 39). These are warnings: such an address is still a valid one.
 */
public final class LookAlikes {
  /** One reason for caution. */
  public enum Warning {
    /** Scripts are mixed in a way that no language writes, as Latin with Cyrillic. */
    MIXED_SCRIPTS,
    /** Not ASCII, but it looks as if it were. */
    RESEMBLES_ASCII
  }

  private LookAlikes() {}

  /** The reasons for caution with {@code address}; empty when there are none. */
  public static Set<Warning> warnings(Address address) {
    Set<Warning> found = EnumSet.noneOf(Warning.class);
    addWarnings(address.local(), found);
    for (String label : address.domain().unicode().split("\\.")) {
      addWarnings(label, found);
    }
    return found;
  }

  /** Whether two different addresses look the same to a reader. */
  public static boolean confusable(Address one, Address other) {
    return !one.equals(other) && skeleton(one).equals(skeleton(other));
  }

  /** What an address looks like: equal for addresses that look alike. For comparing only. */
  public static String skeleton(Address address) {
    return checker().getSkeleton(address.unicode());
  }

  private static void addWarnings(String text, Set<Warning> found) {
    if (isAscii(text)) {
      return;
    }
    SpoofChecker.CheckResult result = new SpoofChecker.CheckResult();
    if (checker().failsChecks(text, result)) {
      found.add(Warning.MIXED_SCRIPTS);
    }
    if (isAscii(checker().getSkeleton(text))) {
      found.add(Warning.RESEMBLES_ASCII);
    }
  }

  /** Latin beside another script passes only where a language writes so: UTS 39 section 5.2. */
  private static SpoofChecker checker() {
    return Holder.CHECKER;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** Loaded when first asked: servers never need the tables. The checker is immutable. */
  private static final class Holder {
    static final SpoofChecker CHECKER =
        new SpoofChecker.Builder()
            .setChecks(SpoofChecker.RESTRICTION_LEVEL)
            .setRestrictionLevel(SpoofChecker.RestrictionLevel.HIGHLY_RESTRICTIVE)
            .build();
  }
}
