package io.keypost.directory.peer;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;

/**
 * A peer that proved to be a server of an operator.
 *
 * @param operator the operator domain
 * @param certificate digest of the peer's certificate
 * @param goodUntil check anew after it: the earliest end of the records and certificates that say
 *     so
 */
public record VerifiedPeer(MailDomain operator, Digest certificate, Instant goodUntil) {}
