package io.keypost.delivery.handover;

import io.keypost.protocol.address.MailDomain;

/**
 * Where an envelope goes.
 *
 * @param operator operator domain whose servers receive for the recipient
 * @param pool name of that operator's pool of servers
 */
public record Destination(MailDomain operator, String pool) {}
