/**
 * Pools of receiving servers (docs/protocol.md, "Key server"): how often they beat, and when one
 * counts as silent.
 */
@NullMarked
package io.keypost.keyserver.pool;

import org.jspecify.annotations.NullMarked;
