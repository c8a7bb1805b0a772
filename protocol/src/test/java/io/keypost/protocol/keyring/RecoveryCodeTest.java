package io.keypost.protocol.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The code as words: KP-KEY-21. */
class RecoveryCodeTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Known answers: those of BIP-39's reference implementation with 128 bits. */
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000000000, abandon abandon abandon abandon abandon abandon abandon"
        + " abandon abandon abandon abandon about",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f, legal winner thank year wave sausage worth useful legal"
        + " winner thank yellow",
    "80808080808080808080808080808080, letter advice cage absurd amount doctor acoustic avoid"
        + " letter advice cage above",
    "ffffffffffffffffffffffffffffffff, zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
    "9e885d952ad362caeb4efe34a8e91bd2, ozone drill grab fiber curtain grace pudding thank cruise"
        + " elder eight picnic",
    "c0ba5a8e914111210f2bd131f3d5e08d, scheme spot photo card baby mountain device kick cradle"
        + " pact join borrow",
    "23db8160a31d3e0dca3688ed941adbf3, cat swing flag economy stadium alone churn speed unique"
        + " patch report train",
    "f30f8c1da665478f49b001d94c5fc452, vessel ladder alter error federal sibling chat ability sun"
        + " glass valve picture"
  })
  void wordsAreThoseOfBip39(String octets, String words) {
    RecoveryCode code = RecoveryCode.of(Bytes.parseHex(octets));
    assertThat(String.join(" ", code.words())).isEqualTo(words);
    assertThat(RecoveryCode.parse(words).octets().hex()).isEqualTo(octets);
  }

  @Test
  void isReadAsItWasShownHoweverItIsSpaced() {
    RecoveryCode code = RecoveryCode.generate(RANDOM);
    String words = String.join("  \n ", code.words()).toUpperCase(Locale.ROOT);
    assertThat(RecoveryCode.parse(" " + words + "\n")).isEqualTo(code);
    assertThat(RecoveryCode.generate(RANDOM)).isNotEqualTo(code);
  }

  @Test
  void aWordThatIsNoneIsNamedByItsPlaceAndNotRepeated() {
    List<String> words = new ArrayList<>(RecoveryCode.generate(RANDOM).words());
    words.set(6, "keypost");
    assertThatThrownBy(() -> RecoveryCode.parse(String.join(" ", words)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.code()).isEqualTo(RefusalCode.SECRET_KEY_UNUSABLE);
              assertThat(e.refusal().detail()).contains("word 7").doesNotContain("keypost");
            });
  }

  @Test
  void tooFewWordsTooManyAndTooLongATextAreRefused() {
    List<String> words = RecoveryCode.generate(RANDOM).words();
    assertRefused(String.join(" ", words.subList(0, 11)));
    assertRefused(String.join(" ", words) + " zoo");
    assertRefused("");
    assertRefused("zoo ".repeat(100_000));
  }

  /** 4 bits: one of sixteen mistakes with words of the list passes, and no more. */
  @Test
  void aSwappedOrWrongWordIsFoundOutButForOneOfSixteen() {
    int[] passed = new int[1];
    int tries = 4000;
    SeededRandom.forSeeds(
        tries,
        random -> {
          List<String> words =
              new ArrayList<>(RecoveryCode.of(SeededRandom.bytes(random, 16)).words());
          String kept = String.join(" ", words);
          Collections.swap(words, random.nextInt(12), random.nextInt(12));
          words.set(random.nextInt(12), RecoveryWords.at(random.nextInt(2048)));
          String typed = String.join(" ", words);
          if (!typed.equals(kept)) {
            try {
              RecoveryCode.parse(typed);
              passed[0]++;
            } catch (RefusedException e) {
              assertThat(e.refusal().detail()).contains("one of the words is another");
            }
          }
        });
    assertThat(passed[0]).isBetween(tries / 32, tries / 8);
  }

  @Test
  void showsNothingOfItself() {
    assertThat(RecoveryCode.generate(RANDOM)).hasToString("RecoveryCode[secret]");
  }

  private static void assertRefused(String typed) {
    assertThatThrownBy(() -> RecoveryCode.parse(typed))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.SECRET_KEY_UNUSABLE));
  }
}
