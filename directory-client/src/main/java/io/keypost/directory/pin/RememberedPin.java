package io.keypost.directory.pin;

import io.keypost.protocol.Digest;
import java.time.Instant;

/**
 * What is remembered of a domain.
 *
 * @param root digest of the SubjectPublicKeyInfo of the root that was last accepted
 * @param gen of the newest root statement that was verified under it; 0 before the first
 * @param rememberedUntil until when the pin may be followed without a secure answer: the
 *     statement's {@code max} after it was last seen, whole seconds. The root stays known after
 *     that.
 * @param firstSight when the domain was first seen, and what vouched for it
 */
public record RememberedPin(Digest root, long gen, Instant rememberedUntil, FirstSight firstSight) {
  /** Whether the pin may be followed at {@code now} without a secure answer. */
  public boolean isFollowed(Instant now) {
    return now.isBefore(rememberedUntil);
  }
}
