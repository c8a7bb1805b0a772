package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.refusal.RefusalCode.PROOF_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import org.junit.jupiter.api.Test;

/** KP-ENR-3. */
class EnrolmentProofTest {
  private static final Digest LOGIN_KEY = Digest.sha256(Bytes.utf8("login key"));
  private static final Bytes PROOF = EnrolmentProof.sign("code-1", ALICE, LOGIN_KEY, NOW);

  @Test
  void isTakenForWhatItProvesByKpEnr3() {
    assertThat(EnrolmentProof.verify("code-1", ALICE.certificate(), LOGIN_KEY, PROOF, NOW).key())
        .isEqualTo(ALICE.certificate().fingerprint());
  }

  @Test
  void isRefusedForAnythingElseByKpEnr3() {
    UserCertificate other = ALICE.revokeSigningSubkey(RevocationReason.RETIRED, NOW).certificate();
    Digest otherLogin = Digest.sha256(Bytes.utf8("another"));
    assertRefused(
        PROOF_INVALID,
        () -> EnrolmentProof.verify("code-2", ALICE.certificate(), LOGIN_KEY, PROOF, NOW));
    assertRefused(
        PROOF_INVALID, () -> EnrolmentProof.verify("code-1", other, LOGIN_KEY, PROOF, NOW));
    assertRefused(
        PROOF_INVALID,
        () -> EnrolmentProof.verify("code-1", BOB.certificate(), LOGIN_KEY, PROOF, NOW));
    assertRefused(
        PROOF_INVALID,
        () -> EnrolmentProof.verify("code-1", ALICE.certificate(), otherLogin, PROOF, NOW));
    assertRefused(
        PROOF_INVALID,
        () -> EnrolmentProof.verify("code-1", ALICE.certificate(), LOGIN_KEY, Bytes.empty(), NOW));
  }
}
