package io.keypost.client.trust;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import java.util.Optional;

/**
 * What was last seen of an address.
 *
 * @param statement digest of its newest key statement; empty for an alias without a key of its own
 * @param primaryKey fingerprint of its primary key, likewise
 * @param pointer where it pointed; empty for a mailbox
 */
public record Remembered(
    Optional<Digest> statement, Optional<Bytes> primaryKey, Optional<Address> pointer) {}
