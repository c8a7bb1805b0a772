package io.keypost.delivery.custody;

import io.keypost.protocol.address.Address;
import java.time.Instant;

/**
 * An envelope that a user of this provider submitted.
 *
 * @param addressedAs what the sender wrote to
 * @param created when the sender sealed it
 * @param acceptedAt when the ingress took it
 */
public record Submission(
    MailFacts mail, Address addressedAs, Instant created, Instant acceptedAt) {}
