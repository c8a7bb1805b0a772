package io.keypost.protocol.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * KP-CRT-7, KP-CRT-8, T19: whatever is done to a certificate or request, it is refused with a code
 * and never otherwise.
 */
class CertificateMutationTest {
  private static final int ROUNDS = 2_000;
  private final TestAuthority alpha = new TestAuthority("alpha.test");

  @Test
  void anAlteredCertificateIsRefusedOrStillTheSame() {
    Bytes good = CertificateCodec.encode(alpha.server("mx.alpha.test"));
    SeededRandom.forSeeds(
        ROUNDS,
        random -> {
          Bytes altered = Bytes.copyOf(SeededRandom.mutate(random, good.toByteArray()));
          try {
            alpha.check(
                List.of(CertificateCodec.decode(altered), alpha.ca),
                CertificateUse.SERVER,
                TestAuthority.NOW);
            assertThat(altered).isEqualTo(good);
          } catch (RefusedException e) {
            assertThat(e.code().wire()).startsWith("certificate_");
          }
        });
  }

  @Test
  void anAlteredRequestIsRefusedOrStillTheSame() {
    Bytes good =
        CertificateRequest.make(
                alpha.domain,
                CertificateUse.SERVER,
                P256.generate(TestAuthority.RANDOM),
                TestAuthority.RANDOM)
            .der();
    SeededRandom.forSeeds(
        ROUNDS,
        random -> {
          Bytes altered = Bytes.copyOf(SeededRandom.mutate(random, good.toByteArray()));
          try {
            assertThat(CertificateRequest.parse(altered).der()).isEqualTo(good);
          } catch (RefusedException e) {
            assertThat(e.code().wire()).isIn("certificate_malformed", "proof_invalid");
          }
        });
  }
}
