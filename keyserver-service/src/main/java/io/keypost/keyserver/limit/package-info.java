/**
 * How much one caller may ask (docs/protocol.md, "Key server"): token buckets, bounded in number.
 */
@NullMarked
package io.keypost.keyserver.limit;

import org.jspecify.annotations.NullMarked;
