package io.keypost.protocol.pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
  private static final MailDomain DOMAIN = MailDomain.parse("alpha.test");
  private static final String ROOT = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";

  @Test
  void readsTheExampleByKpPin1() {
    Pin pin =
        Pin.parse(
            "v=keypost1; gen=7; root="
                + ROOT
                + "; ks=ks1.example.net,ks2.example.net:8443; op=example.net; max=2592000",
            DOMAIN);
    assertThat(pin)
        .isEqualTo(
            new Pin(
                DOMAIN,
                7,
                Digest.parseBase64Url(ROOT),
                List.of(
                    new KeyServerName(MailDomain.parse("ks1.example.net"), 443),
                    new KeyServerName(MailDomain.parse("ks2.example.net"), 8443)),
                MailDomain.parse("example.net"),
                Duration.ofDays(30)));
  }

  @Test
  void ignoresUnknownTagsAndWhiteSpaceByKpPin2() {
    assertThat(
            Pin.parse(
                " v = keypost1;gen=1 ;\troot=" + ROOT + ";ks=ks.alpha.test;x_1=any thing;max=1;",
                DOMAIN))
        .isEqualTo(
            Pin.parse("v=keypost1; gen=1; root=" + ROOT + "; ks=ks.alpha.test; max=1", DOMAIN));
  }

  @Test
  void takesTheDomainItselfForTheOperatorThatIsNotNamedByKpPin4() {
    assertThat(
            Pin.parse("v=keypost1; gen=1; root=" + ROOT + "; ks=ks.alpha.test; max=1", DOMAIN)
                .operator())
        .isEqualTo(DOMAIN);
  }

  @ParameterizedTest(name = "KP-PIN-2, KP-PIN-3, KP-PIN-6: refuses {0}")
  @ValueSource(
      strings = {
        "",
        ";",
        "v=keypost1",
        "v=keypost2; gen=1; root=R; ks=ks.alpha.test; max=1",
        "gen=1; v=keypost1; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=1; gen=2; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=0; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=01; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=-1; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=9007199254740992; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=99999999999999999999; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=1; root=AAAA; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=1; root=R=; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=1; root=R; ks=; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test,; max=1",
        "v=keypost1; gen=1; root=R; ks=127.0.0.1; max=1",
        "v=keypost1; gen=1; root=R; ks=[::1]:443; max=1",
        "v=keypost1; gen=1; root=R; ks=localhost; max=1",
        "v=keypost1; gen=1; root=R; ks=KS.alpha.test; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test:0; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test:65536; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test:; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test,ks.alpha.test; max=1",
        "v=keypost1; gen=1; root=R; ks=a.x.t,b.x.t,c.x.t,d.x.t,e.x.t,f.x.t,g.x.t,h.x.t,i.x.t;"
            + " max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test; max=0",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test; max=2592001",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test",
        "v=keypost1; gen=1; ks=ks.alpha.test; max=1",
        "v=keypost1; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=1; root=R; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test; op=Ü; max=1",
        "v=keypost1;; gen=1; root=R; ks=ks.alpha.test; max=1",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test; max=1; x",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test; max=1; 1x=y",
        "v=keypost1; gen=1; root=R; ks=ks.alpha.test; max=1; x=\u0000",
      })
  void refusesWhatIsNoPin(String text) {
    assertRefused(text.replace("=R", "=" + ROOT));
  }

  @Test
  void refusesATextOverTwoKibibytesByKpPin3AndT14() {
    String pin = "v=keypost1; gen=1; root=" + ROOT + "; ks=ks.alpha.test; max=1; x=";
    assertThat(Pin.parse(pin + "y".repeat(2048 - pin.length()), DOMAIN).gen()).isEqualTo(1);
    assertRefused(pin + "y".repeat(2049 - pin.length()));
    assertRefused(";".repeat(65_536));
  }

  @Test
  void tellsPinsFromOtherTextRecordsByKpPin5() {
    assertThat(Pin.claimsToBePin("v=keypost1; gen=1")).isTrue();
    assertThat(Pin.claimsToBePin(" v = keypost9")).isTrue();
    assertThat(Pin.claimsToBePin("v=spf1 -all")).isFalse();
    assertThat(Pin.claimsToBePin("")).isFalse();
  }

  @Test
  void readsBackWhatItWrites() {
    SeededRandom.forSeeds(500, random -> assertThat(reread(anyPin(random))).isNotNull());
  }

  @Test
  void refusesOrReadsBackWhateverIsMadeOfAPinByChangingIt() {
    SeededRandom.forSeeds(
        3000,
        random -> {
          byte[] text = anyPin(random).toTxt().getBytes(StandardCharsets.ISO_8859_1);
          String mutated =
              new String(SeededRandom.mutate(random, text), StandardCharsets.ISO_8859_1);
          try {
            assertThat(reread(Pin.parse(mutated, DOMAIN))).isNotNull();
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(RefusalCode.PIN_MALFORMED);
          }
        });
  }

  private static Pin reread(Pin pin) {
    Pin again = Pin.parse(pin.toTxt(), DOMAIN);
    assertThat(again).isEqualTo(pin);
    return again;
  }

  private static Pin anyPin(RandomGenerator random) {
    List<KeyServerName> keyServers = new ArrayList<>();
    int count = random.nextInt(1, Pin.MAX_KEY_SERVERS + 1);
    for (int i = 0; i < count; i++) {
      int port = random.nextBoolean() ? 443 : random.nextInt(1, 65_536);
      keyServers.add(new KeyServerName(MailDomain.parse("ks" + i + ".example.net"), port));
    }
    return new Pin(
        DOMAIN,
        random.nextLong(1, Pin.MAX_GEN + 1),
        new Digest(SeededRandom.bytes(random, Digest.SIZE_OCTETS)),
        keyServers,
        random.nextBoolean() ? DOMAIN : MailDomain.parse("example.net"),
        Duration.ofSeconds(random.nextLong(1, Pin.LONGEST_MEMORY.toSeconds() + 1)));
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> Pin.parse(text, DOMAIN))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).isEqualTo(RefusalCode.PIN_MALFORMED));
  }
}
