package io.keypost.protocol.address;

import com.ibm.icu.text.IDNA;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/**
 * A domain name, or a host name, in its one canonical form: IDNA2008 A-labels in lower case, at
 * least two labels, no dot at the end, at most {@value #MAX_OCTETS} octets (KP-ADR-2).
 *
 * @param value the canonical form, ASCII
 */
public record MailDomain(String value) implements Comparable<MailDomain> {
  /** Longest canonical form, in octets (RFC 1035 section 2.3.4, without the root's dot). */
  public static final int MAX_OCTETS = 253;

  /** Longest text that is looked at at all; mapping may shorten what is longer than 253. */
  private static final int MAX_INPUT_CHARACTERS = 512;

  /** Non-transitional, so that ß and ς stay themselves, as in IDNA2008. */
  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(
          IDNA.USE_STD3_RULES
              | IDNA.CHECK_BIDI
              | IDNA.CHECK_CONTEXTJ
              | IDNA.CHECK_CONTEXTO
              | IDNA.NONTRANSITIONAL_TO_ASCII
              | IDNA.NONTRANSITIONAL_TO_UNICODE);

  /**
   * Takes a name that is canonical already.
   *
   * @throws RefusedException {@code malformed_address} when it is not
   */
  public MailDomain {
    if (!canonical(value).equals(value)) {
      throw refused("not in canonical form");
    }
  }

  /**
   * Reads a name as people write it, in Unicode or ASCII, and brings it into canonical form.
   *
   * @throws RefusedException {@code malformed_address} when it is no domain name
   */
  public static MailDomain parse(String text) {
    return new MailDomain(canonical(text));
  }

  /**
   * Reads a name that must be in canonical form already, as on the wire.
   *
   * @throws RefusedException {@code malformed_address} when it is not
   */
  public static MailDomain parseCanonical(String text) {
    return new MailDomain(text);
  }

  /** The name as people read it, in Unicode. Never compare or sign this form. */
  public String unicode() {
    StringBuilder shown = new StringBuilder();
    UTS46.nameToUnicode(value, shown, new IDNA.Info());
    return shown.toString();
  }

  /** The name as a reader is shown it: as {@link Address#shown}. */
  public String shown() {
    return isAscii() ? value : unicode() + " (" + value + ")";
  }

  /** Whether the Unicode form is the canonical one. */
  boolean isAscii() {
    return unicode().equals(value);
  }

  /** Whether this is {@code other} or a name below it. */
  public boolean isWithin(MailDomain other) {
    return value.equals(other.value) || value.endsWith("." + other.value);
  }

  @Override
  public int compareTo(MailDomain other) {
    return value.compareTo(other.value);
  }

  /** The canonical form. */
  @Override
  public String toString() {
    return value;
  }

  private static String canonical(String text) {
    if (text.length() > MAX_INPUT_CHARACTERS) {
      throw refused("longer than " + MAX_OCTETS + " octets");
    }
    IDNA.Info unicodeInfo = new IDNA.Info();
    StringBuilder unicode = new StringBuilder();
    UTS46.nameToUnicode(text, unicode, unicodeInfo);
    IDNA.Info asciiInfo = new IDNA.Info();
    StringBuilder ascii = new StringBuilder();
    UTS46.nameToASCII(text, ascii, asciiInfo);
    if (unicodeInfo.hasErrors() || asciiInfo.hasErrors()) {
      throw refused("not a name by IDNA2008 and UTS 46");
    }
    requireIdna2008(unicode);
    String canonical = ascii.toString();
    requireTwoNamedLabels(canonical);
    return canonical;
  }

  /**
   * UTS 46 lets symbols pass that IDNA2008 forbids: look at each code point by RFC 5892 as well.
   */
  private static void requireIdna2008(CharSequence unicode) {
    int[] label = unicode.codePoints().filter(c -> c != '.').toArray();
    for (int i = 0; i < label.length; i++) {
      // Context rules were checked label by label by UTS 46; what they allow passes here.
      if (!IdentifierClass.allows(label, i) && !IdentifierClass.needsContext(label[i])) {
        throw refused("a character that IDNA2008 does not allow");
      }
    }
  }

  private static void requireTwoNamedLabels(String canonical) {
    if (canonical.length() > MAX_OCTETS) {
      throw refused("longer than " + MAX_OCTETS + " octets");
    }
    String[] labels = canonical.split("\\.", -1);
    if (labels.length < 2) {
      throw refused("a single label");
    }
    for (String label : labels) {
      if (label.isEmpty()) {
        throw refused("an empty label, or a dot at an end");
      }
    }
    // The last label of an IPv4 address is numeric and no top-level domain's is (RFC 1123 2.1).
    if (labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw refused("an address literal");
    }
  }

  private static RefusedException refused(String why) {
    // The name itself is hostile input and is not repeated.
    return RefusedException.of(RefusalCode.MALFORMED_ADDRESS, "domain name: " + why);
  }
}
