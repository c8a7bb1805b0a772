package io.keypost.directory.client;

import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.Incident;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.dns.PinAnswer;
import io.keypost.directory.pin.Confirmation;
import io.keypost.directory.pin.PinContinuity;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.VerifiedDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What stands between a pin in DNS and a domain that may be believed: memory and continuity. */
final class PinGate {
  /** Attempts to remember a pin while others remember one for the same domain. */
  private static final int MAX_ATTEMPTS = 5;

  private final PinMemory memory;
  private final PinConfirmation confirmation;
  private final InstantSource clock;
  private final ResolutionTrace trace;
  private final DirectoryWatch watch;

  PinGate(
      PinMemory memory,
      PinConfirmation confirmation,
      InstantSource clock,
      ResolutionTrace trace,
      DirectoryWatch watch) {
    this.memory = memory;
    this.confirmation = confirmation;
    this.clock = clock;
    this.trace = trace;
    this.watch = watch;
  }

  /**
   * Before anything is fetched: asks the memory, and for a confirmation where DNS is not enough.
   *
   * @return completes exceptionally with what {@link PinConfirmation} refuses, or {@code
   *     store_unavailable}
   */
  CompletionStage<Confirmation> approach(PinAnswer answer) {
    MailDomain domain = answer.pin().domain();
    return memory
        .recall(domain)
        .thenCompose(
            known -> {
              trace.step(new ResolutionStep.PinRecalled(domain, known));
              return PinContinuity.needsConfirmation(answer, known, clock.instant())
                  ? confirmation.confirm(answer)
                  : CompletableFuture.completedFuture(Confirmation.NONE);
            });
  }

  /**
   * When the domain's record was verified: decides, and remembers what was decided.
   *
   * @return what is remembered of the domain now; completes exceptionally as {@link
   *     PinContinuity#decide}
   */
  CompletionStage<RememberedPin> pass(
      PinAnswer answer, Confirmation confirmed, VerifiedDomain verified) {
    return attempt(answer, confirmed, verified, MAX_ATTEMPTS);
  }

  private CompletionStage<RememberedPin> attempt(
      PinAnswer answer, Confirmation confirmed, VerifiedDomain verified, int attemptsLeft) {
    MailDomain domain = verified.domain();
    if (attemptsLeft == 0) {
      return CompletableFuture.failedFuture(
          RefusedException.of(
              RefusalCode.BUSY, "the pin of " + domain + " is being changed by others"));
    }
    return memory
        .recall(domain)
        .thenCompose(
            known -> {
              RememberedPin next = decide(answer, confirmed, known, verified);
              return known.filter(next::equals).isPresent()
                  ? CompletableFuture.completedFuture(next)
                  : memory
                      .replace(domain, known, next)
                      .thenCompose(
                          replaced ->
                              replaced
                                  ? remembered(domain, known, next)
                                  : attempt(answer, confirmed, verified, attemptsLeft - 1));
            });
  }

  private CompletionStage<RememberedPin> remembered(
      MailDomain domain, Optional<RememberedPin> known, RememberedPin next) {
    if (known.isEmpty()) {
      watch.firstSight(domain, next.firstSight());
    }
    return CompletableFuture.completedFuture(next);
  }

  private RememberedPin decide(
      PinAnswer answer,
      Confirmation confirmed,
      Optional<RememberedPin> known,
      VerifiedDomain verified) {
    Instant now = clock.instant();
    try {
      return PinContinuity.decide(answer, confirmed, known, verified, now);
    } catch (RefusedException e) {
      known
          .filter(pin -> e.code() == RefusalCode.CONTINUITY_BROKEN)
          .ifPresent(
              pin ->
                  watch.incident(
                      new Incident.BrokenContinuity(
                          verified.domain(),
                          pin.root(),
                          pin.rememberedUntil(),
                          answer.pin().root(),
                          answer.security(),
                          now)));
      throw e;
    }
  }
}
