/**
 * The signed records that this key server publishes (docs/protocol.md, "Signed records"): when one
 * is signed anew, under which {@code seq}, and what it says.
 */
@NullMarked
package io.keypost.keyserver.record;

import org.jspecify.annotations.NullMarked;
