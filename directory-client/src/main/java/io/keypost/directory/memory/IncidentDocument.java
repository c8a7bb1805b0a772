package io.keypost.directory.memory;

import org.jspecify.annotations.Nullable;

/**
 * An {@link io.keypost.directory.Incident} as a service tells its key server of it; which members
 * are there depends on {@code incident}.
 *
 * @param incident {@link io.keypost.directory.Incident#word}
 * @param domain whose continuity is broken
 * @param shown the root that nobody announced, base64url
 * @param security {@code secure} or {@code insecure}: of the pin that names it
 * @param kind of one of two records that contradict each other
 * @param subject what it is about
 * @param record JWS; the other comes in a request of its own
 */
public record IncidentDocument(
    @Nullable String incident,
    @Nullable String domain,
    @Nullable String shown,
    @Nullable String security,
    @Nullable String kind,
    @Nullable String subject,
    @Nullable Long gen,
    @Nullable Long seq,
    @Nullable String record) {
  /** Value of {@link #incident}. */
  public static final String CONTINUITY_BROKEN = "continuity_broken";

  /** Value of {@link #incident}. */
  public static final String EQUIVOCATION = "equivocation";

  /** Longest {@link #record} that is told of, in characters: a request has at most 256 KiB. */
  public static final int MAX_RECORD_CHARACTERS = 240 * 1024;
}
