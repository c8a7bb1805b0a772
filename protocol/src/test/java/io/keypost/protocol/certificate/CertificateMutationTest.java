package io.keypost.protocol.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done to a certificate or request: it is refused with a code, never otherwise (T19).
 */
class CertificateMutationTest {
  private static final int ROUNDS = 3_000;
  private final TestAuthority alpha = new TestAuthority("alpha.test");

  @Test
  void anAlteredCertificateIsRefusedOrStillTheSame() {
    long seed = Long.getLong("keypost.seed", System.nanoTime());
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Bytes good = CertificateCodec.encode(alpha.server("mx.alpha.test"));
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Bytes altered = alter(good, random);
      try {
        alpha.check(
            List.of(CertificateCodec.decode(altered), alpha.ca),
            CertificateUse.SERVER,
            TestAuthority.NOW);
        assertThat(altered).as("keypost.seed=%d round %d", seed, round).isEqualTo(good);
      } catch (RefusedException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("keypost.seed=" + seed + " round " + round + ": " + altered.hex(), e);
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 2);
  }

  @Test
  void anAlteredRequestIsRefusedOrStillTheSame() {
    long seed = Long.getLong("keypost.seed", System.nanoTime());
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Bytes good =
        CertificateRequest.make(
                alpha.domain,
                CertificateUse.SERVER,
                P256.generate(TestAuthority.RANDOM),
                TestAuthority.RANDOM)
            .der();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Bytes altered = alter(good, random);
      try {
        assertThat(CertificateRequest.parse(altered).der())
            .as("keypost.seed=%d round %d", seed, round)
            .isEqualTo(good);
      } catch (RefusedException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("keypost.seed=" + seed + " round " + round + ": " + altered.hex(), e);
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 2);
  }

  /** One octet changed, some cut off, some doubled, or a length field blown up. */
  private static Bytes alter(Bytes good, RandomGenerator random) {
    byte[] octets = good.toByteArray();
    int at = random.nextInt(octets.length);
    return switch (random.nextInt(4)) {
      case 0 -> {
        octets[at] = (byte) random.nextInt(256);
        yield Bytes.copyOf(octets);
      }
      case 1 -> good.slice(0, at);
      case 2 -> Bytes.concat(good.slice(0, at), good.slice(at / 2, good.size()));
      default -> {
        octets[at] = (byte) 0x84;
        yield Bytes.copyOf(octets);
      }
    };
  }
}
