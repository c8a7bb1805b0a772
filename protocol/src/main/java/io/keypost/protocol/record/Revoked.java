package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a domain has revoked, as far as it was looked up (KP-REC-20).
 *
 * @param certificates digests of certificates
 * @param keys fingerprints of users' OpenPGP keys: whatever they signed counts no more
 * @param record digest of the {@code kp-revocations} that says so; null before one was looked up
 */
public record Revoked(Set<Digest> certificates, Set<Digest> keys, @Nullable Digest record) {
  /** Nothing was looked up yet. */
  public static final Revoked NOTHING = new Revoked(Set.of(), Set.of(), null);

  /** Keeps its own copies. */
  public Revoked {
    certificates = Set.copyOf(certificates);
    keys = Set.copyOf(keys);
  }

  /**
   * Whether the domain has revoked a user's key.
   *
   * @param fingerprint version 6, 32 octets
   */
  public boolean revokes(Bytes fingerprint) {
    return keys.contains(new Digest(fingerprint));
  }

  static Revoked of(Verified<RevocationsRecord> said) {
    return new Revoked(said.record().certificates(), said.record().keys(), said.digest());
  }
}
