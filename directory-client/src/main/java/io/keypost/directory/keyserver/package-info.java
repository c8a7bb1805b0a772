/**
 * Asks key servers (docs/protocol.md, "Key server"): over which trust, with which bounds, and how
 * their JSON is read. What comes from here is not verified yet.
 */
@NullMarked
package io.keypost.directory.keyserver;

import org.jspecify.annotations.NullMarked;
