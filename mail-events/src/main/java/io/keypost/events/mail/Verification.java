package io.keypost.events.mail;

import io.keypost.protocol.Digest;
import java.time.Instant;

/**
 * What the verifier found, so that a later stage need not look again and an operator can explain
 * it.
 *
 * @param senderRecord digest of the sender's {@code kp-address} that held the key
 * @param senderDomainRecord digest of the {@code kp-domain} of the sender's domain
 * @param verifiedAt when, in whole milliseconds
 */
public record Verification(Digest senderRecord, Digest senderDomainRecord, Instant verifiedAt) {}
