package io.keypost.directory.net;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.directory.dns.HostLookup;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * In which order the checked addresses of hosts are tried: round robin, those that failed a short
 * while ago last. Thread safe.
 */
final class TargetAddresses {
  /** How long an address that failed is tried after all others. */
  static final Duration AVOIDED = Duration.ofSeconds(30);

  /** Addresses whose failure is remembered. */
  private static final int MAX_FAILED = 10_000;

  /** An address that may be connected to, and the host whose address it is. */
  record Endpoint(PeerTarget target, InetAddress address) {
    InetSocketAddress socketAddress() {
      return new InetSocketAddress(address, target.port());
    }
  }

  private final HostLookup hosts;
  private final AllowedTargets allowed;
  private final InstantSource clock;
  private final Consumer<PeerTarget> refused;
  private final Cache<InetSocketAddress, Instant> avoidedUntil =
      Caffeine.newBuilder().maximumSize(MAX_FAILED).build();
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * @param refused told of each address that is not connected to
   */
  TargetAddresses(
      HostLookup hosts, AllowedTargets allowed, InstantSource clock, Consumer<PeerTarget> refused) {
    this.refused = refused;
    this.hosts = hosts;
    this.allowed = allowed;
    this.clock = clock;
  }

  /**
   * Addresses of {@code targets} in the order to try them, never empty.
   *
   * @return completes exceptionally with {@code target_not_allowed} when all are forbidden, {@code
   *     directory_unavailable} when there are none, or what DNS refused for every host
   */
  CompletionStage<List<Endpoint>> of(List<PeerTarget> targets) {
    List<CompletableFuture<List<Endpoint>>> lookups = new ArrayList<>();
    for (PeerTarget target : targets) {
      lookups.add(
          hosts
              .addresses(target.host())
              .thenApply(
                  found -> found.stream().map(address -> new Endpoint(target, address)).toList())
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(lookups.toArray(CompletableFuture[]::new))
        .handle((done, error) -> ordered(targets, lookups));
  }

  /** Tries {@code endpoint} after all others for a while. */
  void failed(Endpoint endpoint) {
    avoidedUntil.put(endpoint.socketAddress(), clock.instant().plus(AVOIDED));
  }

  /** It works again. */
  void worked(Endpoint endpoint) {
    avoidedUntil.invalidate(endpoint.socketAddress());
  }

  private List<Endpoint> ordered(
      List<PeerTarget> targets, List<CompletableFuture<List<Endpoint>>> lookups) {
    List<Endpoint> found =
        lookups.stream()
            .filter(lookup -> !lookup.isCompletedExceptionally())
            .flatMap(lookup -> lookup.join().stream())
            .toList();
    if (found.isEmpty()) {
      lookups.stream()
          .filter(CompletableFuture::isCompletedExceptionally)
          .findFirst()
          .ifPresent(CompletableFuture::join);
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, "no address in DNS for " + targets);
    }
    List<Endpoint> usable = new ArrayList<>(found.stream().filter(this::isPermitted).toList());
    if (usable.isEmpty()) {
      throw RefusedException.of(
          RefusalCode.TARGET_NOT_ALLOWED,
          targets + " leads to addresses or ports that are not connected to");
    }
    Collections.rotate(usable, -Math.floorMod(turn.getAndIncrement(), usable.size()));
    Instant now = clock.instant();
    usable.sort(Comparator.comparing(e -> isAvoided(e, now)));
    return usable;
  }

  private boolean isPermitted(Endpoint endpoint) {
    boolean permitted = allowed.permits(endpoint.address(), endpoint.target().port());
    if (!permitted) {
      refused.accept(endpoint.target());
    }
    return permitted;
  }

  private boolean isAvoided(Endpoint endpoint, Instant now) {
    Instant until = avoidedUntil.getIfPresent(endpoint.socketAddress());
    return until != null && now.isBefore(until);
  }
}
