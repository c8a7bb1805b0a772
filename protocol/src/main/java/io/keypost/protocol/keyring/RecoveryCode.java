package io.keypost.protocol.keyring;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The code with which a user goes on after losing every device: 128 random bits, shown once as
 * twelve words (BIP-39, English). 4 bits of SHA-256 follow the 128, so that a word that was noted
 * wrong is found out before anything is asked of a server.
 */
public final class RecoveryCode {
  /** Words of a code. */
  public static final int WORDS = 12;

  /** Longest text that is looked at, in characters: twelve words and some space. */
  public static final int MAX_CHARACTERS = 256;

  private static final int SIZE_OCTETS = 16;
  private static final int BITS_A_WORD = 11;
  private static final int CHECKSUM_BITS = 4;

  private final Bytes octets;

  private RecoveryCode(Bytes octets) {
    this.octets = octets;
  }

  /** A new code. */
  public static RecoveryCode generate(SecureRandom random) {
    byte[] octets = new byte[SIZE_OCTETS];
    random.nextBytes(octets);
    return new RecoveryCode(Bytes.copyOf(octets));
  }

  /** A code of known octets, for vectors. */
  static RecoveryCode of(Bytes octets) {
    if (octets.size() != SIZE_OCTETS) {
      throw new IllegalArgumentException("a code has " + SIZE_OCTETS + " octets");
    }
    return new RecoveryCode(octets);
  }

  /**
   * Reads what a person typed: twelve words, in lower or upper case, with any space between.
   *
   * @throws RefusedException {@code secret_key_unusable}, saying which word is none, or that one of
   *     them is another
   */
  public static RecoveryCode parse(String typed) {
    if (typed.length() > MAX_CHARACTERS) {
      throw refused("a recovery code has " + WORDS + " words");
    }
    List<String> words =
        List.of(typed.strip().toLowerCase(Locale.ROOT).split("\\s+", -1)).stream()
            .filter(word -> !word.isEmpty())
            .toList();
    if (words.size() != WORDS) {
      throw refused("a recovery code has " + WORDS + " words, not " + words.size());
    }
    byte[] octets = new byte[SIZE_OCTETS];
    int checksum = 0;
    for (int at = 0; at < WORDS; at++) {
      int number = RecoveryWords.indexOf(words.get(at));
      if (number < 0) {
        throw refused("word " + (at + 1) + " is not in the list of words");
      }
      for (int bit = 0; bit < BITS_A_WORD; bit++) {
        int value = number >> (BITS_A_WORD - 1 - bit) & 1;
        int place = at * BITS_A_WORD + bit;
        if (place < SIZE_OCTETS * Byte.SIZE) {
          octets[place / Byte.SIZE] |= (byte) (value << (Byte.SIZE - 1 - place % Byte.SIZE));
        } else {
          checksum = checksum << 1 | value;
        }
      }
    }
    RecoveryCode code = new RecoveryCode(Bytes.copyOf(octets));
    if (code.checksum() != checksum) {
      throw refused("one of the words is another, or their order is");
    }
    return code;
  }

  private static RefusedException refused(String detail) {
    return RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "recovery code: " + detail);
  }

  /** The twelve words, to be shown once. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    for (int at = 0; at < WORDS; at++) {
      int number = 0;
      for (int bit = at * BITS_A_WORD; bit < (at + 1) * BITS_A_WORD; bit++) {
        number = number << 1 | bit(bit);
      }
      words.add(RecoveryWords.at(number));
    }
    return words;
  }

  private int bit(int place) {
    int code = SIZE_OCTETS * Byte.SIZE;
    return place < code
        ? octets.at(place / Byte.SIZE) >> (Byte.SIZE - 1 - place % Byte.SIZE) & 1
        : checksum() >> (CHECKSUM_BITS - 1 - (place - code)) & 1;
  }

  private int checksum() {
    return Digest.sha256(octets).octets().at(0) >> (Byte.SIZE - CHECKSUM_BITS) & 0xf;
  }

  /** The secret itself. */
  Bytes octets() {
    return octets;
  }

  /** In constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RecoveryCode that
        && MessageDigest.isEqual(octets.toByteArray(), that.octets.toByteArray());
  }

  @Override
  public int hashCode() {
    return octets.hashCode();
  }

  /** Never the code. */
  @Override
  public String toString() {
    return "RecoveryCode[secret]";
  }
}
