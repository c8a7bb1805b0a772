/**
 * User keys, signatures and sealed messages (docs/protocol.md, "User keys" and "The message"): a
 * closed profile of OpenPGP version 6 (RFC 9580) on Bouncy Castle. What a peer sends is first read
 * by this package's own strict parsers (packet and subpacket lengths, versions, algorithms, allowed
 * subpackets), and only what fits the profile reaches the library, which then does the
 * cryptography.
 */
@NullMarked
package io.keypost.protocol.openpgp;

import org.jspecify.annotations.NullMarked;
