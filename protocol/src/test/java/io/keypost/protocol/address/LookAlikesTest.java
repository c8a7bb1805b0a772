package io.keypost.protocol.address;

import static io.keypost.protocol.address.LookAlikes.Warning.MIXED_SCRIPTS;
import static io.keypost.protocol.address.LookAlikes.Warning.RESEMBLES_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookAlikesTest {
  @ParameterizedTest(name = "KP-ADR-5: {0} gives no warning")
  @ValueSource(
      strings = {
        "alice@alpha.test",
        "rn@modern.test",
        "jürgen@müller.test",
        "юлия@пример.test",
        "山田たろう@例え.test",
        "דוד@alpha.test"
      })
  void staysSilentAboutHonestNames(String text) {
    assertThat(LookAlikes.warnings(Address.parse(text))).isEmpty();
  }

  @Test
  void flagsMixedScriptsByKpAdr5AndT18() {
    assertThat(LookAlikes.warnings(Address.parse("p\u0430ypal@alpha.test")))
        .contains(MIXED_SCRIPTS);
    assertThat(LookAlikes.warnings(Address.parse("alice@p\u0430ypal.test")))
        .contains(MIXED_SCRIPTS);
  }

  @Test
  void flagsAWholeNameInLettersThatLookLikeAsciiByKpAdr5AndT18() {
    assertThat(LookAlikes.warnings(Address.parse("alice@\u0430\u0440\u0440\u04cf\u0435.test")))
        .containsExactly(RESEMBLES_ASCII);
  }

  @Test
  void findsTwoAddressesThatLookTheSame() {
    Address honest = Address.parse("alice@apple.test");
    Address other = Address.parse("alice@\u0430\u0440\u0440\u04cf\u0435.test");
    assertThat(LookAlikes.confusable(honest, other)).isTrue();
    assertThat(LookAlikes.confusable(honest, honest)).isFalse();
    assertThat(LookAlikes.confusable(honest, Address.parse("bob@apple.test"))).isFalse();
  }
}
