package io.keypost.client.operator;

import org.jspecify.annotations.Nullable;

/**
 * A receiving server as its key server sees it.
 *
 * @param pool its pool
 * @param host name that peers connect to
 * @param port port that peers connect to
 * @param priority lower goes first
 * @param weight share among equals
 * @param state {@code in_service}, {@code drained}, or {@code silent} when it missed three
 *     heartbeats
 * @param load percent, as it last said
 * @param last_heartbeat when it was last heard
 */
public record ServerState(
    String pool,
    String host,
    int port,
    int priority,
    int weight,
    String state,
    int load,
    @Nullable String last_heartbeat) {}
