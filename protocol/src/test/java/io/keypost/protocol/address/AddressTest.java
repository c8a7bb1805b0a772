package io.keypost.protocol.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** KP-ADR: one canonical form for each address. */
class AddressTest {
  @ParameterizedTest(name = "KP-ADR-1, KP-ADR-2, T18: {0} is {1}")
  @CsvSource({
    "alice@alpha.test, alice@alpha.test",
    "Alice@ALPHA.Test, alice@alpha.test",
    "ＡＬＩＣＥ@alpha.test, alice@alpha.test",
    "alice@ａｌｐｈａ。test, alice@alpha.test",
    "a\u0308nne@alpha.test, \u00e4nne@alpha.test",
    "Ärger@Bücher.test, ärger@xn--bcher-kva.test",
    "юлия@пример.test, юлия@xn--e1afmkfd.test",
    "straße@straße.test, straße@xn--strae-oqa.test",
    "user+tag@alpha.test, user+tag@alpha.test",
    "o'neil.{x}=y@alpha.test, o'neil.{x}=y@alpha.test",
    "山田@例え.test, 山田@xn--r8jz45g.test",
    "דוד@alpha.test, דוד@alpha.test",
  })
  void hasOneCanonicalForm(String written, String canonical) {
    Address address = Address.parse(written);
    assertThat(address).hasToString(canonical);
    assertThat(Address.parseCanonical(canonical)).isEqualTo(address);
  }

  @ParameterizedTest(name = "KP-ADR-1, KP-ADR-3, T18: refuses \"{0}\"")
  @ValueSource(
      strings = {
        "",
        "@",
        "alice",
        "alice@",
        "@alpha.test",
        "a@b@alpha.test",
        "a b@alpha.test",
        "a\u0000b@alpha.test",
        "a\r\nb@alpha.test",
        "a%b@alpha.test",
        "a%40b@alpha.test",
        "a!b@alpha.test",
        "a/../b@alpha.test",
        "\"a\"@alpha.test",
        "a<b>@alpha.test",
        ".a@alpha.test",
        "a.@alpha.test",
        "a..b@alpha.test",
        "a.+tag@alpha.test",
        "ﬁne@alpha.test",
        "a\u200bb@alpha.test",
        "a\u200db@alpha.test",
        "a\u00adb@alpha.test",
        "a\u202eb@alpha.test",
        "a\ufeff@alpha.test",
        "☕@alpha.test",
        "a\u00a0b@alpha.test",
        "aדוד@alpha.test",
        "\ud800@alpha.test",
        "alice@alpha",
        "alice@alpha.test.",
        "alice@alpha..test",
        "alice@.alpha.test",
        "alice@127.0.0.1",
        "alice@[127.0.0.1]",
        "alice@alpha_x.test",
        "alice@-alpha.test",
        "alice@alpha-.test",
        "alice@xn--a-.test",
        "alice@xn--BCHER-KVA-.test",
        "alice@☕.test",
        "alice@al pha.test",
        "alice@alpha.test\u0000",
        "alice@alpha.test/x",
        "alice@alpha.test:25",
        "alice@alpha%2etest",
      })
  void refusesWhatIsNoAddress(String text) {
    assertRefused(() -> Address.parse(text));
  }

  @ParameterizedTest(name = "KP-ADR-1: refuses {0} on the wire")
  @ValueSource(
      strings = {
        "Alice@alpha.test",
        "alice@Alpha.test",
        "alice@bücher.test",
        "a\u0308nne@alpha.test",
        "ＡＬＩＣＥ@alpha.test",
      })
  void refusesAnotherThanTheCanonicalFormOnTheWire(String text) {
    assertRefused(() -> Address.parseCanonical(text));
  }

  @Test
  void refusesALocalPartOverSixtyFourOctetsByKpAdr1() {
    assertThat(Address.parse("a".repeat(64) + "@alpha.test").local()).hasSize(64);
    assertRefused(() -> Address.parse("a".repeat(65) + "@alpha.test"));
    assertRefused(() -> Address.parse("ä".repeat(33) + "@alpha.test"));
    assertRefused(() -> Address.parse("a".repeat(100_000) + "@alpha.test"));
  }

  @Test
  void refusesADomainOver253OctetsByKpAdr2() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);
    assertThat(MailDomain.parse(longest).value()).hasSize(253);
    assertRefused(() -> MailDomain.parse(longest + "a"));
    assertRefused(() -> MailDomain.parse("a".repeat(64) + ".test"));
  }

  @Test
  void takesATagForASubAddressOfTheMailboxByKpAdr4() {
    assertThat(Address.parse("user+tag+more@alpha.test").withoutTag())
        .isEqualTo(Address.parse("user@alpha.test"));
    Address plain = Address.parse("user@alpha.test");
    assertThat(plain.withoutTag()).isSameAs(plain);
    assertThat(Address.parse("+tag@alpha.test").withoutTag()).hasToString("+tag@alpha.test");
  }

  @Test
  void knowsWhatIsWithinADomain() {
    MailDomain alpha = MailDomain.parse("alpha.test");
    assertThat(MailDomain.parse("mx.alpha.test").isWithin(alpha)).isTrue();
    assertThat(alpha.isWithin(alpha)).isTrue();
    assertThat(MailDomain.parse("notalpha.test").isWithin(alpha)).isFalse();
    assertThat(MailDomain.parse("bücher.test").unicode()).isEqualTo("bücher.test");
  }

  @Test
  void readsBackWhatItWritesAndRefusesAllElse() {
    SeededRandom.forSeeds(
        3000,
        random -> {
          String text = anything(random) + "@" + anything(random) + ".test";
          Address address;
          try {
            address = Address.parse(text);
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_ADDRESS);
            return;
          }
          assertThat(Address.parse(address.toString())).isEqualTo(address);
          assertThat(Address.parseCanonical(address.toString())).isEqualTo(address);
          assertThat(Address.parse(address.unicode())).isEqualTo(address);
          assertThat(address.withoutTag().withoutTag()).isEqualTo(address.withoutTag());
        });
  }

  /** Short texts from ranges where canonical forms, joiners and directions go wrong. */
  private static String anything(RandomGenerator random) {
    int[][] ranges = {
      {'a', 'z'},
      {'A', 'Z'},
      {'0', '9'},
      {0x21, 0x7E},
      {0xA0, 0x17F},
      {0x300, 0x36F},
      {0x370, 0x3FF},
      {0x400, 0x4FF},
      {0x590, 0x5FF},
      {0x600, 0x6FF},
      {0x900, 0x97F},
      {0x2000, 0x206F},
      {0x3040, 0x30FF},
      {0x4E00, 0x4FFF},
      {0xAC00, 0xACFF},
      {0xFF00, 0xFFEF}
    };
    StringBuilder text = new StringBuilder();
    int[] range = ranges[random.nextInt(ranges.length)];
    int length = random.nextInt(1, 9);
    for (int i = 0; i < length; i++) {
      int[] from = random.nextInt(4) == 0 ? ranges[random.nextInt(ranges.length)] : range;
      text.appendCodePoint(random.nextInt(from[0], from[1] + 1));
    }
    return text.toString();
  }

  private static void assertRefused(Runnable parsing) {
    assertThatThrownBy(parsing::run)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_ADDRESS));
  }

  @Test
  void aReaderIsShownTheCanonicalFormBesideTheUnicodeOneByKpAdr5() {
    assertThat(Address.parse("jürg@zürich.test").shown())
        .isEqualTo("jürg@zürich.test (jürg@xn--zrich-kva.test)");
    assertThat(Address.parse("jürg@alpha.test").shown()).isEqualTo("jürg@alpha.test");
    assertThat(MailDomain.parse("xn--zrich-kva.test").shown())
        .isEqualTo("zürich.test (xn--zrich-kva.test)");
    assertThat(MailDomain.parse("alpha.test").shown()).isEqualTo("alpha.test");
  }
}
