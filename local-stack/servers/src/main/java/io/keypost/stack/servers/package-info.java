/**
 * What the services of a local run or a test need around them, in one process of its own: Kafka
 * (KRaft, one node), PostgreSQL and the signed DNS. {@link io.keypost.stack.servers.ServersMain} is
 * that process, {@link io.keypost.stack.servers.ServersProcess} starts it from another, {@link
 * io.keypost.stack.servers.ServersState} is the file by which the two meet. No part of the
 * protocol: deployments use real servers.
 */
@NullMarked
package io.keypost.stack.servers;

import org.jspecify.annotations.NullMarked;
