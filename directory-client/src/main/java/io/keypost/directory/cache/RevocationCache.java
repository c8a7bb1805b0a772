package io.keypost.directory.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.Succession;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What domains have revoked: asked for anew every {@link #REFRESH_AFTER}, good to its end of life
 * when that fails, and never replaced by a record that takes anything back (KP-REC-20, KP-REC-22).
 */
public final class RevocationCache {
  /** How long a record is not asked for anew. */
  public static final Duration REFRESH_AFTER = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(RevocationCache.class);

  private record Kept(Verified<RevocationsRecord> verified, Instant refreshAt) {}

  private final InstantSource clock;
  private final Cache<MailDomain, Kept> kept;
  private final Joined<MailDomain, Verified<RevocationsRecord>> joined = new Joined<>();

  /** Keeps the records of at most {@code maxDomains}. */
  public RevocationCache(InstantSource clock, int maxDomains) {
    this.clock = clock;
    this.kept = Caffeine.newBuilder().maximumSize(maxDomains).build();
  }

  /** What is kept of a domain and is still good. */
  public Optional<Verified<RevocationsRecord>> kept(MailDomain domain) {
    return Optional.ofNullable(kept.getIfPresent(domain))
        .map(Kept::verified)
        .filter(verified -> clock.instant().isBefore(verified.goodUntil()));
  }

  /**
   * The record of {@code domain}: the kept one while it is fresh, else what {@code ask} finds, else
   * the kept one to its end of life.
   *
   * @param ask fetches and verifies
   * @return completes exceptionally with what {@code ask} refused, {@code record_rolled_back} or
   *     {@code record_equivocates}
   */
  public CompletionStage<Verified<RevocationsRecord>> get(
      MailDomain domain, Supplier<CompletionStage<Verified<RevocationsRecord>>> ask) {
    Instant now = clock.instant();
    Kept known = kept.getIfPresent(domain);
    if (known != null
        && now.isBefore(known.refreshAt)
        && now.isBefore(known.verified.goodUntil())) {
      return CompletableFuture.completedFuture(known.verified);
    }
    return joined
        .join(domain, () -> ask.get().thenApply(fetched -> take(domain, fetched)))
        .exceptionallyCompose(
            error ->
                kept(domain)
                    .map(
                        bridge -> {
                          LOG.debug(
                              "Kept revocations of {} stand in: {}", domain, error.toString());
                          return CompletableFuture.completedFuture(bridge);
                        })
                    .orElseGet(() -> CompletableFuture.failedFuture(error)));
  }

  /** Asks anew when it is next wanted. */
  public void markStale(MailDomain domain) {
    kept.asMap().computeIfPresent(domain, (_, known) -> new Kept(known.verified, clock.instant()));
  }

  private Verified<RevocationsRecord> take(MailDomain domain, Verified<RevocationsRecord> fetched) {
    Instant now = clock.instant();
    Kept taken = new Kept(fetched, now.plus(REFRESH_AFTER));
    return kept.asMap()
        .compute(
            domain,
            (_, known) -> known == null ? taken : successor(domain, known.verified, taken, now))
        .verified;
  }

  private static Kept successor(
      MailDomain domain, Verified<RevocationsRecord> known, Kept taken, Instant now) {
    RevocationsRecord before = known.record();
    RevocationsRecord after = taken.verified.record();
    return switch (Succession.of(before, after)) {
      case NEWER, RENEWED -> {
        if (!after.continues(before, now)) {
          throw RefusedException.of(
              RefusalCode.RECORD_ROLLED_BACK,
              "kp-revocations of " + domain + " takes back what it has revoked");
        }
        yield taken;
      }
      case KNOWN -> new Kept(known, taken.refreshAt);
      case OLDER ->
          throw RefusedException.of(
              RefusalCode.RECORD_ROLLED_BACK,
              "kp-revocations of " + domain + " is older than the one already verified");
      case EQUIVOCATES -> {
        LOG.error(
            "Two verified records of {} contradict each other under one gen and seq: {} and {}",
            domain,
            known.digest(),
            taken.verified.digest());
        throw RefusedException.of(
            RefusalCode.RECORD_EQUIVOCATES,
            "kp-revocations of " + domain + " contradicts the one already verified");
      }
    };
  }
}
