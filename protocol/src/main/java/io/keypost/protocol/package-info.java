/**
 * Values that every part of the protocol shares: octets and SHA-256 digests, each behind one type.
 * The packages below are named by the nouns of docs/protocol.md.
 */
@NullMarked
package io.keypost.protocol;

import org.jspecify.annotations.NullMarked;
