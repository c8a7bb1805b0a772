package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Proof of possession at enrolment (KP-ENR-3): a signature by the certificate's primary key over
 * the SHA-256 of
 *
 * <pre>
 *  uint32 size | code | uint32 size | address | uint32 size | certificate | uint32 32 | login key thumbprint
 * </pre>
 *
 * sizes most significant octet first, code and address in UTF-8. It binds the device's login key to
 * the user's key: whoever sees the code alone can enrol neither.
 */
public final class EnrolmentProof {
  private EnrolmentProof() {}

  /**
   * Proves it.
   *
   * @param code the one-time code as the operator gave it
   * @param loginKey RFC 7638 thumbprint of the device's login key
   */
  public static Bytes sign(String code, UserSecretKey key, Digest loginKey, Instant now) {
    return DetachedSignatures.signWithPrimary(
        SignatureContext.ENROLMENT, data(code, key.certificate(), loginKey), key, now);
  }

  /**
   * Verifies it.
   *
   * @param judgedAt as in {@link DetachedSignatures#verify}
   * @throws RefusedException {@code proof_invalid} when it is not a proof for exactly these
   */
  public static SignatureVerdict verify(
      String code, UserCertificate certificate, Digest loginKey, Bytes proof, Instant judgedAt) {
    try {
      return DetachedSignatures.verifyByPrimary(
          SignatureContext.ENROLMENT,
          data(code, certificate, loginKey),
          proof,
          certificate,
          judgedAt);
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.PROOF_INVALID, e.refusal().detail(), e);
    }
  }

  private static Bytes data(String code, UserCertificate certificate, Digest loginKey) {
    return Digest.sha256(
            sized(Bytes.utf8(code)),
            sized(Bytes.utf8(certificate.address().toString())),
            sized(certificate.encode()),
            sized(loginKey.octets()))
        .octets();
  }

  private static Bytes sized(Bytes octets) {
    return Bytes.concat(
        Bytes.copyOf(ByteBuffer.allocate(Integer.BYTES).putInt(octets.size()).flip()), octets);
  }
}
