/**
 * The directory put together: which look-up comes after which (docs/protocol.md, "DNS: the pin",
 * "Signed records"), over caches. {@link io.keypost.directory.client.DirectoryBuilder} makes one.
 */
@NullMarked
package io.keypost.directory.client;

import org.jspecify.annotations.NullMarked;
