package io.keypost.directory.pin;

import io.keypost.protocol.Digest;
import java.time.Instant;

/**
 * What is remembered of a domain.
 *
 * @param root digest of the SubjectPublicKeyInfo of the root that was last accepted
 * @param gen of the newest root statement that was verified under it
 * @param rememberedUntil until when the pin may be followed without a secure answer: the
 *     statement's {@code max} after it was last seen. The root stays known after that.
 */
public record RememberedPin(Digest root, long gen, Instant rememberedUntil) {}
