package io.keypost.protocol.openpgp;

import java.time.Instant;
import java.util.Optional;

/**
 * When a key is good.
 *
 * @param from when it was bound to the certificate
 * @param expires from then on it is past its life; empty for a key that does not end by itself
 * @param revocation the one that takes effect first, when there is one
 */
public record KeyLife(Instant from, Optional<Instant> expires, Optional<Revocation> revocation) {
  /**
   * A signed revocation.
   *
   * @param at when it was signed, whole seconds
   */
  public record Revocation(Instant at, RevocationReason reason) {
    boolean coversSignaturesMadeAt(Instant time) {
      return reason == RevocationReason.COMPROMISED || !time.isBefore(at);
    }
  }

  /** The state of a key at one moment. */
  public enum State {
    /** Not bound yet. */
    NOT_YET_VALID,
    /** Good. */
    VALID,
    /** Past its life. */
    EXPIRED,
    /** Revoked by then, or revoked as compromised at any time. */
    REVOKED
  }

  /** The state at {@code time}; a revocation goes before an end of life. */
  public State at(Instant time) {
    if (revocation.filter(r -> r.coversSignaturesMadeAt(time)).isPresent()) {
      return State.REVOKED;
    }
    if (time.isBefore(from)) {
      return State.NOT_YET_VALID;
    }
    return expires.filter(end -> !time.isBefore(end)).isPresent() ? State.EXPIRED : State.VALID;
  }

  /** This life within that of the primary key: what ends the primary key ends its subkeys. */
  KeyLife within(KeyLife primary) {
    return new KeyLife(
        from.isAfter(primary.from) ? from : primary.from,
        earliest(expires, primary.expires),
        worst(revocation, primary.revocation));
  }

  /** The revocation that covers more: a compromise, else the earlier one. */
  static Optional<Revocation> worst(Optional<Revocation> a, Optional<Revocation> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isPresent() ? a : b;
    }
    boolean first =
        rank(a.get()) != rank(b.get())
            ? rank(a.get()) > rank(b.get())
            : !a.get().at.isAfter(b.get().at);
    return first ? a : b;
  }

  private static int rank(Revocation revocation) {
    return switch (revocation.reason) {
      case COMPROMISED -> 1;
      case SUPERSEDED, RETIRED -> 0;
    };
  }

  private static Optional<Instant> earliest(Optional<Instant> a, Optional<Instant> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isPresent() ? a : b;
    }
    return a.get().isBefore(b.get()) ? a : b;
  }
}
