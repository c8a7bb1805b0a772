package io.keypost.keyserver;

/**
 * Limits of the whole provider that its records state.
 *
 * @param maxPayloadBytes largest payload that its ingress takes, octets
 */
public record ProviderLimits(long maxPayloadBytes) {}
