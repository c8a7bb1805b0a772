package io.keypost.directory.pin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.protocol.address.MailDomain;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Remembers until the process ends, of the {@value #MAX_DOMAINS} domains that were used last. After
 * a restart every domain is seen for the first time again: for tests, and for who has no key server
 * and no home.
 */
public final class InProcessPinMemory implements PinMemory {
  /** Domains that are remembered; about 200 octets each. */
  public static final int MAX_DOMAINS = 1_000_000;

  private final Cache<MailDomain, RememberedPin> pins =
      Caffeine.newBuilder().maximumSize(MAX_DOMAINS).build();

  /** Remembers nothing yet. */
  public InProcessPinMemory() {}

  @Override
  public CompletionStage<Optional<RememberedPin>> recall(MailDomain domain) {
    return CompletableFuture.completedFuture(Optional.ofNullable(pins.getIfPresent(domain)));
  }

  @Override
  public CompletionStage<Boolean> replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    boolean replaced =
        expected
            .map(known -> pins.asMap().replace(domain, known, replacement))
            .orElseGet(() -> pins.asMap().putIfAbsent(domain, replacement) == null);
    return CompletableFuture.completedFuture(replaced);
  }
}
