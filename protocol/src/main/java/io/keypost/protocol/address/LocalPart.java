package io.keypost.protocol.address;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.ULocale;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;

/**
 * Brings the local part of an address into its one form: the profile UsernameCaseMapped of RFC 8265
 * section 3.3, then the shape of a dot-atom (RFC 5322 section 3.2.3 with RFC 6532), so that every
 * address can stand in a header without quoting.
 */
final class LocalPart {
  /** Longest canonical local part, in octets of UTF-8 (RFC 5321 section 4.5.3.1.1). */
  static final int MAX_OCTETS = 64;

  /** Begins the tag of a sub-address. */
  static final char TAG_SEPARATOR = '+';

  /** RFC 5322 atext without the letters of source routes and gateways: percent, bang, slash. */
  private static final String ATOM_PUNCTUATION = "#$&'*+-=?^_`{|}~";

  /** RFC 8264 section 7: mapping is repeated until it changes nothing, or refused. */
  private static final int MAX_ROUNDS = 4;

  private static final Normalizer2 NFC = Normalizer2.getNFCInstance();
  private static final Normalizer2 NFKC = Normalizer2.getNFKCInstance();

  private LocalPart() {}

  static String canonical(String text) {
    String mapped = map(text);
    for (int round = 1; !mapped.equals(text); round++) {
      if (round > MAX_ROUNDS) {
        throw refused("no stable form");
      }
      text = mapped;
      mapped = map(text);
    }
    requireShape(mapped);
    int tag = mapped.indexOf(TAG_SEPARATOR);
    if (tag > 0) {
      // The mailbox under the tag must be a local part itself.
      requireShape(mapped.substring(0, tag));
    }
    return mapped;
  }

  /** Width, case, normalization: the order of RFC 8265 section 3.3.2. */
  private static String map(String text) {
    StringBuilder narrow = new StringBuilder(text.length());
    text.codePoints().forEach(c -> narrow.append(width(c)));
    return NFC.normalize(UCharacter.toLowerCase(ULocale.ROOT, narrow.toString()));
  }

  private static String width(int c) {
    int type = UCharacter.getIntPropertyValue(c, UProperty.DECOMPOSITION_TYPE);
    if (type == UCharacter.DecompositionType.WIDE || type == UCharacter.DecompositionType.NARROW) {
      String decomposed = NFKC.getRawDecomposition(c);
      if (decomposed != null) {
        return decomposed;
      }
    }
    return Character.toString(c);
  }

  private static void requireShape(String local) {
    if (local.getBytes(StandardCharsets.UTF_8).length > MAX_OCTETS) {
      throw refused("longer than " + MAX_OCTETS + " octets");
    }
    if (local.isEmpty() || local.startsWith(".") || local.endsWith(".") || local.contains("..")) {
      throw refused("empty, or a dot at an end or beside another");
    }
    int[] text = local.codePoints().toArray();
    for (int i = 0; i < text.length; i++) {
      if (text[i] < 0x80 ? !isAtomOrDot(text[i]) : !IdentifierClass.allows(text, i)) {
        throw refused("a character that is not allowed there");
      }
    }
    if (!BidiRule.holds(text)) {
      throw refused("mixes writing directions");
    }
  }

  private static boolean isAtomOrDot(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || ATOM_PUNCTUATION.indexOf(c) >= 0;
  }

  private static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.MALFORMED_ADDRESS, "local part: " + why);
  }
}
