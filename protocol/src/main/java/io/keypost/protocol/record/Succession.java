package io.keypost.protocol.record;

import java.util.Comparator;

/** How a verified record relates to the verified one that is remembered about the same thing. */
public enum Succession {
  /** Higher {@code (gen, seq)}: replaces what is remembered. */
  NEWER,
  /** The same content, signed later: replaces what is remembered. */
  RENEWED,
  /** The same content, signed at the same time or earlier: nothing to do. */
  KNOWN,
  /** Lower {@code (gen, seq)}: a rollback or lag, refused. */
  OLDER,
  /**
   * The same {@code (gen, seq)} with another content: both together prove that their signer says
   * different things to different askers. Refused and kept.
   */
  EQUIVOCATES;

  private static final Comparator<SuccessiveRecord> BY_GEN_AND_SEQ =
      Comparator.comparingLong(SuccessiveRecord::gen).thenComparingLong(SuccessiveRecord::seq);

  /**
   * Compares two verified records of one kind about one thing.
   *
   * @param remembered what the cache holds
   * @param offered what just came
   */
  public static <R extends SuccessiveRecord> Succession of(R remembered, R offered) {
    if (remembered.kind() != offered.kind()) {
      throw new IllegalArgumentException("records of two kinds do not succeed each other");
    }
    int order = BY_GEN_AND_SEQ.compare(offered, remembered);
    if (order != 0) {
      return order > 0 ? NEWER : OLDER;
    }
    if (!remembered.withoutRenewal().equals(offered.withoutRenewal())) {
      return EQUIVOCATES;
    }
    return offered.issuedAt().isAfter(remembered.issuedAt()) ? RENEWED : KNOWN;
  }

  /** Whether a cache puts the offered record in the place of the remembered one. */
  public boolean replaces() {
    return this == NEWER || this == RENEWED;
  }
}
