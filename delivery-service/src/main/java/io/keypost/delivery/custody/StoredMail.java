package io.keypost.delivery.custody;

import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.SignedEnvelope;
import java.time.Instant;

/**
 * A sealed message in a mailbox.
 *
 * @param seq its number in the mailbox
 * @param digest of envelope and signature, which names it
 */
public record StoredMail(
    long seq, Digest digest, SignedEnvelope sealed, PayloadLocation payload, Instant receivedAt) {}
