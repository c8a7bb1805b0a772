package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.time.Instant;

/**
 * A signature that was verified; there is no such object for one that was not.
 *
 * @param key version 6 fingerprint of the key that made it, 32 octets
 * @param signedAt when it says that it was made, whole seconds
 */
public record SignatureVerdict(Bytes key, Instant signedAt) {}
