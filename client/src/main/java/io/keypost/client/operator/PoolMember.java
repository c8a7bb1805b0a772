package io.keypost.client.operator;

import io.keypost.protocol.address.MailDomain;

/**
 * Where a receiving server is reached, as {@code kp-servers} will name it.
 *
 * @param pool name of the pool
 * @param host canonical host name
 * @param port 1 to 65535
 * @param priority lower goes first
 * @param weight share among those of the same priority
 */
public record PoolMember(String pool, MailDomain host, int port, int priority, int weight) {}
