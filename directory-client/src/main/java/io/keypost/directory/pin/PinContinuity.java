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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Decides whether a pin follows from what is remembered of its domain. No I/O.
 *
 * <pre>
 *   nothing remembered        secure, or confirmed over HTTPS: accept; else first_sight_insecure
 *   same root, in its time    accept; lower gen in DNS is lag
 *   same root, time is over   as if nothing were remembered
 *   another root              accept if announced, from statement to statement, by the remembered
 *                             one; else continuity_broken, however secure the answer
 *   any                       DNS gen ahead of the statement: pin_ahead
 *                             statement behind the remembered gen: record_rolled_back
 * </pre>
 */
public final class PinContinuity {
  /**
   * A pin that is seen again is written anew only when its time grows by this, or by an eighth of
   * all of it: not for each look-up.
   */
  static final Duration LONGEST_STEP = Duration.ofHours(1);

  private static final int STEPS_IN_MAX = 8;

  private PinContinuity() {}

  /**
   * What may be asked before anything is fetched: whether the answer needs to be confirmed by other
   * means than DNS.
   */
  public static boolean needsConfirmation(
      PinAnswer answer, Optional<RememberedPin> remembered, Instant now) {
    return answer.security() == DnsSecurity.INSECURE
        && remembered.filter(pin -> pin.isFollowed(now)).isEmpty();
  }

  /**
   * Decides.
   *
   * @param confirmation what vouches for the pin beside DNS
   * @param verified the domain's record, verified under the root that {@code answer} names
   * @return what is to be remembered from now on; {@code remembered} itself when nothing is new
   * @throws RefusedException {@code first_sight_insecure}, {@code pin_ahead}, {@code
   *     record_rolled_back} or {@code continuity_broken}: nothing new is to be remembered
   */
  public static RememberedPin decide(
      PinAnswer answer,
      Confirmation confirmation,
      Optional<RememberedPin> remembered,
      VerifiedDomain verified,
      Instant now) {
    Pin pin = answer.pin();
    if (confirmation == Confirmation.NONE && needsConfirmation(answer, remembered, now)) {
      throw RefusedException.of(
          RefusalCode.FIRST_SIGHT_INSECURE,
          "the pin of "
              + pin.domain()
              + " is secured neither by DNSSEC nor over HTTPS, and nothing is remembered of it");
    }
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
    Instant seen = now.truncatedTo(ChronoUnit.SECONDS);
    RememberedPin next =
        new RememberedPin(
            pin.root(),
            statement.gen(),
            seen.plus(statement.max()),
            remembered
                .map(RememberedPin::firstSight)
                .orElseGet(() -> new FirstSight(seen, by(answer))));
    return remembered.filter(known -> saysAsMuch(known, next, statement.max())).orElse(next);
  }

  private static FirstSight.By by(PinAnswer answer) {
    return answer.security() == DnsSecurity.SECURE ? FirstSight.By.DNSSEC : FirstSight.By.HTTPS;
  }

  private static boolean saysAsMuch(RememberedPin known, RememberedPin next, Duration max) {
    Duration part = max.dividedBy(STEPS_IN_MAX);
    Duration step = part.compareTo(LONGEST_STEP) < 0 ? part : LONGEST_STEP;
    Duration grown = Duration.between(known.rememberedUntil(), next.rememberedUntil());
    return known.root().equals(next.root())
        && known.gen() == next.gen()
        && !grown.isNegative()
        && grown.compareTo(step) < 0;
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
