package io.keypost.protocol.address;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterDirection;
import java.util.Arrays;

/** The Bidi Rule of RFC 5893 section 2, which RFC 8265 applies to text with right-to-left in it. */
final class BidiRule {
  private BidiRule() {}

  /** Whether {@code text}, which is not empty, holds to the rule. */
  static boolean holds(int[] text) {
    if (Arrays.stream(text).noneMatch(BidiRule::isRightToLeft)) {
      return true;
    }
    return switch (UCharacter.getDirection(text[0])) {
      case ECharacterDirection.RIGHT_TO_LEFT, ECharacterDirection.RIGHT_TO_LEFT_ARABIC ->
          holdsRightToLeft(text);
      case ECharacterDirection.LEFT_TO_RIGHT -> holdsLeftToRight(text);
      default -> false;
    };
  }

  /** Conditions 2, 3 and 4. */
  private static boolean holdsRightToLeft(int[] text) {
    boolean european = false;
    boolean arabic = false;
    for (int c : text) {
      switch (UCharacter.getDirection(c)) {
        case ECharacterDirection.EUROPEAN_NUMBER -> european = true;
        case ECharacterDirection.ARABIC_NUMBER -> arabic = true;
        case ECharacterDirection.RIGHT_TO_LEFT, ECharacterDirection.RIGHT_TO_LEFT_ARABIC -> {}
        default -> {
          if (!isNeutral(c)) {
            return false;
          }
        }
      }
    }
    return !(european && arabic)
        && switch (lastDirection(text)) {
          case ECharacterDirection.RIGHT_TO_LEFT,
              ECharacterDirection.RIGHT_TO_LEFT_ARABIC,
              ECharacterDirection.EUROPEAN_NUMBER,
              ECharacterDirection.ARABIC_NUMBER ->
              true;
          default -> false;
        };
  }

  /** Conditions 5 and 6. */
  private static boolean holdsLeftToRight(int[] text) {
    for (int c : text) {
      int direction = UCharacter.getDirection(c);
      if (direction != ECharacterDirection.LEFT_TO_RIGHT
          && direction != ECharacterDirection.EUROPEAN_NUMBER
          && !isNeutral(c)) {
        return false;
      }
    }
    int last = lastDirection(text);
    return last == ECharacterDirection.LEFT_TO_RIGHT || last == ECharacterDirection.EUROPEAN_NUMBER;
  }

  private static boolean isRightToLeft(int c) {
    return switch (UCharacter.getDirection(c)) {
      case ECharacterDirection.RIGHT_TO_LEFT,
          ECharacterDirection.RIGHT_TO_LEFT_ARABIC,
          ECharacterDirection.ARABIC_NUMBER ->
          true;
      default -> false;
    };
  }

  /** What both kinds of text may hold anywhere but at their ends. */
  private static boolean isNeutral(int c) {
    return switch (UCharacter.getDirection(c)) {
      case ECharacterDirection.EUROPEAN_NUMBER_SEPARATOR,
          ECharacterDirection.COMMON_NUMBER_SEPARATOR,
          ECharacterDirection.EUROPEAN_NUMBER_TERMINATOR,
          ECharacterDirection.OTHER_NEUTRAL,
          ECharacterDirection.BOUNDARY_NEUTRAL,
          ECharacterDirection.DIR_NON_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  private static int lastDirection(int[] text) {
    int last = text.length - 1;
    while (last > 0
        && UCharacter.getDirection(text[last]) == ECharacterDirection.DIR_NON_SPACING_MARK) {
      last--;
    }
    return UCharacter.getDirection(text[last]);
  }
}
