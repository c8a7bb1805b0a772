/**
 * From an address to verified records (docs/protocol.md, "DNS: the pin", "Signed records", "Key
 * server"): DNS, pin, key server, chain to the pinned root, signature, freshness, cache. The only
 * code that looks a domain up, own domains included. {@link io.keypost.directory.Directory} is the
 * whole of it for those who ask; {@link io.keypost.directory.client.DirectoryBuilder} makes one.
 */
@NullMarked
package io.keypost.directory;

import org.jspecify.annotations.NullMarked;
