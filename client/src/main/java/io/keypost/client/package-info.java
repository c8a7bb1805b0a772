/**
 * A user's client: {@link io.keypost.client.KeypostClient} enrols, sends, fetches, reads and shows
 * outcomes for one address whose keys live in one home directory. Everything that a server says is
 * verified here again (docs/protocol.md, KP-KSV-3, KP-RDR-8).
 */
@NullMarked
package io.keypost.client;

import org.jspecify.annotations.NullMarked;
