package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The target's own consent to an alias (T11): a signature by its primary key over
 *
 * <pre>
 *  uint16 size | alias | uint16 size | target | uint64 serial
 * </pre>
 *
 * all most significant octet first, the addresses canonical. A domain's {@code kp-consent} record
 * carries it.
 */
public final class ConsentSignatures {
  private ConsentSignatures() {}

  /**
   * Consents that {@code alias} may point at the key's own address.
   *
   * @param serial rises with every consent for this alias, and with every withdrawal
   */
  public static Bytes sign(Address alias, long serial, UserSecretKey target, Instant now) {
    return DetachedSignatures.signWithPrimary(
        SignatureContext.CONSENT, data(alias, target.address(), serial), target, now);
  }

  /**
   * Verifies a consent.
   *
   * @param target the certificate that the target's domain publishes for it now
   * @param judgedAt as in {@link DetachedSignatures#verify}
   * @throws RefusedException {@code consent_invalid} when it is not the target's consent to this
   *     alias
   */
  public static SignatureVerdict verify(
      Address alias, long serial, Bytes signature, UserCertificate target, Instant judgedAt) {
    try {
      return DetachedSignatures.verifyByPrimary(
          SignatureContext.CONSENT,
          data(alias, target.address(), serial),
          signature,
          target,
          judgedAt);
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.CONSENT_INVALID, e.refusal().detail(), e);
    }
  }

  /**
   * Verifies a consent of an address that is a pointer itself, and so publishes no certificate: by
   * the primary key that its own statements leave in force.
   *
   * @param target its statements, verified
   * @param judgedAt the signature must have been made by then
   * @throws RefusedException {@code consent_invalid} when it is not the target's consent to this
   *     alias
   */
  public static SignatureVerdict verify(
      Address alias, long serial, Bytes signature, KeyHistory target, Instant judgedAt) {
    try {
      SignatureVerdict verdict =
          DetachedSignatures.verifyByKey(
              SignatureContext.CONSENT,
              data(alias, target.address(), serial),
              signature,
              target.primaryKey());
      if (verdict.signedAt().isAfter(judgedAt)) {
        throw RefusedException.of(
            RefusalCode.CONSENT_INVALID, "made at " + verdict.signedAt() + ", still to come");
      }
      return verdict;
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.CONSENT_INVALID, e.refusal().detail(), e);
    }
  }

  private static Bytes data(Address alias, Address target, long serial) {
    ByteBuffer serialOctets = ByteBuffer.allocate(Long.BYTES).putLong(serial).flip();
    return Bytes.concat(sized(alias), sized(target), Bytes.copyOf(serialOctets));
  }

  private static Bytes sized(Address address) {
    Bytes octets = Bytes.utf8(address.toString());
    return Bytes.concat(
        Bytes.copyOf(ByteBuffer.allocate(Short.BYTES).putShort((short) octets.size()).flip()),
        octets);
  }
}
