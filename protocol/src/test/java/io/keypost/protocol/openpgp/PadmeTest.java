package io.keypost.protocol.openpgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.SeededRandom;
import org.junit.jupiter.api.Test;

class PadmeTest {
  @Test
  void roundsAsThePaperDoes() {
    assertThat(Padme.roundUp(0)).isZero();
    assertThat(Padme.roundUp(9)).isEqualTo(10);
    assertThat(Padme.roundUp(128)).isEqualTo(128);
    assertThat(Padme.roundUp(129)).isEqualTo(144);
    assertThat(Padme.roundUp(1000)).isEqualTo(1024);
    assertThat(Padme.roundUp(65_537)).isEqualTo(67_584);
    assertThat(Padme.roundUp(1L << 40)).isEqualTo(1L << 40);
  }

  @Test
  void bringsEveryLengthToARoundOneAtACostOfAtMostTwelvePercentByKpRdr6() {
    // One-pass signature, literal data and signature take more than 250 octets even when the
    // message is empty.
    for (long written = 250; written < 40_000; written++) {
      check(written);
    }
    SeededRandom.forSeeds(20_000, random -> check(random.nextLong(250, 1L << 31)));
  }

  private static void check(long written) {
    long body = Padme.paddingFor(written);
    long total = written + 1 + Packets.lengthOctets(body) + body;
    assertThat(body).isNotNegative();
    assertThat(Padme.roundUp(total)).as("written %d", written).isEqualTo(total);
    assertThat((double) (total - written) / written)
        .as("written %d", written)
        .isLessThanOrEqualTo(0.12);
  }
}
