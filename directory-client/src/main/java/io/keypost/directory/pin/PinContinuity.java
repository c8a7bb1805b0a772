package io.keypost.directory.pin;

import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.dns.PinAnswer;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.DomainRecord.RetiredRoot;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether a pin follows from what is remembered of its domain. No I/O.
 *
 * <pre>
 *   nothing remembered        secure: accept                    insecure: first_sight_insecure
 *   same root, in its time    accept; lower gen in DNS is lag
 *   same root, time is over   secure: accept                    insecure: first_sight_insecure
 *   another root              accept if announced, from statement to statement, by the remembered
 *                             one; else continuity_broken, however secure the answer
 *   any                       DNS gen ahead of the statement: pin_ahead
 *                             statement behind the remembered gen: record_rolled_back
 * </pre>
 */
public final class PinContinuity {
  private PinContinuity() {}

  /**
   * What may be asked before anything is fetched: whether the answer's security is enough.
   *
   * @throws RefusedException {@code first_sight_insecure}
   */
  public static void requireSecureFirstSight(
      PinAnswer answer, Optional<RememberedPin> remembered, Instant now) {
    boolean followed = remembered.filter(pin -> now.isBefore(pin.rememberedUntil())).isPresent();
    if (!followed && answer.security() == DnsSecurity.INSECURE) {
      throw RefusedException.of(
          RefusalCode.FIRST_SIGHT_INSECURE,
          "the pin of "
              + answer.pin().domain()
              + " is not secured by DNSSEC, and nothing is remembered of it");
    }
  }

  /**
   * Decides.
   *
   * @param verified the domain's record, verified under the root that {@code answer} names
   * @return what is to be remembered from now on
   * @throws RefusedException {@code first_sight_insecure}, {@code pin_ahead}, {@code
   *     record_rolled_back} or {@code continuity_broken}: nothing new is to be remembered
   */
  public static RememberedPin decide(
      PinAnswer answer, Optional<RememberedPin> remembered, VerifiedDomain verified, Instant now) {
    requireSecureFirstSight(answer, remembered, now);
    Pin pin = answer.pin();
    RootStatement statement = verified.statement();
    if (pin.gen() > statement.gen()) {
      throw RefusedException.of(
          RefusalCode.PIN_AHEAD,
          "DNS shows gen "
              + pin.gen()
              + " of "
              + pin.domain()
              + ", and the newest root statement is of gen "
              + statement.gen());
    }
    remembered.ifPresent(known -> requireContinuity(known, pin, verified, now));
    return new RememberedPin(pin.root(), statement.gen(), now.plus(statement.max()));
  }

  private static void requireContinuity(
      RememberedPin known, Pin pin, VerifiedDomain verified, Instant now) {
    if (verified.statement().gen() < known.gen()) {
      throw RefusedException.of(
          RefusalCode.RECORD_ROLLED_BACK,
          "the root statement of "
              + pin.domain()
              + " is of gen "
              + verified.statement().gen()
              + ", and one of gen "
              + known.gen()
              + " was verified before");
    }
    Digest reached = known.root();
    for (int step = 0; !reached.equals(pin.root()); step++) {
      Digest from = reached;
      Optional<Digest> next =
          step < verified.record().retiredRoots().size()
              ? announcedBy(from, verified, pin.domain(), now)
              : Optional.empty();
      reached =
          next.orElseThrow(
              () ->
                  RefusedException.of(
                      RefusalCode.CONTINUITY_BROKEN,
                      pin.domain()
                          + " shows the root "
                          + pin.root()
                          + ", which the remembered root "
                          + known.root()
                          + " has not announced"));
    }
  }

  /** The successor that the root with this digest announced, in a statement that verifies. */
  private static Optional<Digest> announcedBy(
      Digest root, VerifiedDomain verified, MailDomain domain, Instant now) {
    for (RetiredRoot retired : verified.record().retiredRoots()) {
      try {
        X509Certificate certificate = CertificateCodec.decode(retired.certificate());
        if (CertificateDigests.spki(certificate).equals(root)) {
          return Optional.ofNullable(
              RecordVerifier.verifyStatement(retired.statement(), certificate, root, domain, now)
                  .record()
                  .nextRoot());
        }
      } catch (RefusedException e) {
        // An announcement that does not verify announces nothing; another entry may.
        continue;
      }
    }
    return Optional.empty();
  }
}
