/**
 * The public port (docs/protocol.md, "Key server"): REST resources under {@code /v1}. Each method
 * says by {@link io.keypost.keyserver.http.Permit} who may call it; one filter checks that, after
 * the method was found, so that no spelling of a path leads around it.
 */
@NullMarked
package io.keypost.keyserver.http;

import org.jspecify.annotations.NullMarked;
