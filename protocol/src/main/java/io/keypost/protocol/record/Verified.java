package io.keypost.protocol.record;

import io.keypost.protocol.Digest;
import java.time.Instant;

/**
 * A record whose signature was verified under a verified domain. Only {@link RecordVerifier} makes
 * one that may be believed.
 *
 * @param record what it says
 * @param jws the record as it is carried
 * @param digest of {@code jws}
 * @param goodUntil end of the record, or of the domain that vouches for it when that is earlier
 */
public record Verified<R extends SignedRecord>(
    R record, String jws, Digest digest, Instant goodUntil) {}
