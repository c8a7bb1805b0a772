package io.keypost.protocol.address;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.Normalizer2;
import java.util.Arrays;
import java.util.Set;

/**
 * The IdentifierClass of PRECIS (RFC 8264 section 4.2), derived from the properties of Unicode in
 * the order of its section 8; context rules from RFC 5892 appendix A. The same derivation serves
 * IDNA2008, whose code points are a part of this class.
 */
final class IdentifierClass {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int VIRAMA_CLASS = 9;

  /** RFC 5892 section 2.6, valid by exception. */
  private static final Set<Integer> VALID = Set.of(0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007);

  /** RFC 5892 section 2.6, disallowed by exception. */
  private static final Set<Integer> DISALLOWED =
      Set.of(0x640, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B);

  private IdentifierClass() {}

  /** Whether the code point at {@code index} may stand where it stands in {@code text}. */
  static boolean allows(int[] text, int index) {
    int c = text[index];
    if (VALID.contains(c)) {
      return true;
    }
    if (DISALLOWED.contains(c)) {
      return false;
    }
    if (needsContext(c)) {
      return contextAllows(text, index);
    }
    if (c >= 0x21 && c <= 0x7E) {
      return true;
    }
    if (isOldHangulJamo(c) || isIgnorable(c)) {
      return false;
    }
    return isLetterOrDigit(c) && !hasCompatibilityForm(c);
  }

  /** Whether {@code c} is allowed in some contexts only: CONTEXTJ or CONTEXTO. */
  static boolean needsContext(int c) {
    return switch (c) {
      case ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER, 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB -> true;
      default -> isArabicIndic(c) || isExtendedArabicIndic(c);
    };
  }

  private static boolean contextAllows(int[] text, int i) {
    int c = text[i];
    return switch (c) {
      case ZERO_WIDTH_JOINER -> followsVirama(text, i);
      case ZERO_WIDTH_NON_JOINER -> followsVirama(text, i) || breaksJoining(text, i);
      case 0xB7 -> i > 0 && i + 1 < text.length && text[i - 1] == 'l' && text[i + 1] == 'l';
      case 0x375 -> i + 1 < text.length && UScript.getScript(text[i + 1]) == UScript.GREEK;
      case 0x5F3, 0x5F4 -> i > 0 && UScript.getScript(text[i - 1]) == UScript.HEBREW;
      case 0x30FB -> Arrays.stream(text).anyMatch(IdentifierClass::isJapanese);
      default ->
          isArabicIndic(c)
              ? Arrays.stream(text).noneMatch(IdentifierClass::isExtendedArabicIndic)
              : Arrays.stream(text).noneMatch(IdentifierClass::isArabicIndic);
    };
  }

  private static boolean followsVirama(int[] text, int i) {
    return i > 0 && UCharacter.getCombiningClass(text[i - 1]) == VIRAMA_CLASS;
  }

  /** RFC 5892 A.1: (L|D) T* ZWNJ T* (R|D). */
  private static boolean breaksJoining(int[] text, int i) {
    int before = i - 1;
    while (before >= 0 && joiningType(text[before]) == UCharacter.JoiningType.TRANSPARENT) {
      before--;
    }
    int after = i + 1;
    while (after < text.length && joiningType(text[after]) == UCharacter.JoiningType.TRANSPARENT) {
      after++;
    }
    return before >= 0
        && after < text.length
        && (joiningType(text[before]) == UCharacter.JoiningType.LEFT_JOINING
            || joiningType(text[before]) == UCharacter.JoiningType.DUAL_JOINING)
        && (joiningType(text[after]) == UCharacter.JoiningType.RIGHT_JOINING
            || joiningType(text[after]) == UCharacter.JoiningType.DUAL_JOINING);
  }

  private static int joiningType(int c) {
    return UCharacter.getIntPropertyValue(c, UProperty.JOINING_TYPE);
  }

  private static boolean isJapanese(int c) {
    int script = UScript.getScript(c);
    return script == UScript.HIRAGANA || script == UScript.KATAKANA || script == UScript.HAN;
  }

  private static boolean isArabicIndic(int c) {
    return c >= 0x660 && c <= 0x669;
  }

  private static boolean isExtendedArabicIndic(int c) {
    return c >= 0x6F0 && c <= 0x6F9;
  }

  private static boolean isOldHangulJamo(int c) {
    return switch (UCharacter.getIntPropertyValue(c, UProperty.HANGUL_SYLLABLE_TYPE)) {
      case UCharacter.HangulSyllableType.LEADING_JAMO,
          UCharacter.HangulSyllableType.VOWEL_JAMO,
          UCharacter.HangulSyllableType.TRAILING_JAMO ->
          true;
      default -> false;
    };
  }

  private static boolean isIgnorable(int c) {
    return UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
        || UCharacter.hasBinaryProperty(c, UProperty.NONCHARACTER_CODE_POINT);
  }

  private static boolean isLetterOrDigit(int c) {
    return switch (UCharacter.getType(c)) {
      case UCharacter.UPPERCASE_LETTER,
          UCharacter.LOWERCASE_LETTER,
          UCharacter.OTHER_LETTER,
          UCharacter.MODIFIER_LETTER,
          UCharacter.DECIMAL_DIGIT_NUMBER,
          UCharacter.NON_SPACING_MARK,
          UCharacter.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean hasCompatibilityForm(int c) {
    String alone = Character.toString(c);
    return !Normalizer2.getNFKCInstance().normalize(alone).equals(alone);
  }
}
