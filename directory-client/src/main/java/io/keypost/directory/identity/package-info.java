/**
 * What a service shows to its peers: the server certificate and key that {@code keypost server
 * enrol} wrote to a directory which the service's replicas share (docs/protocol.md,
 * "Certificates").
 */
@NullMarked
package io.keypost.directory.identity;

import org.jspecify.annotations.NullMarked;
