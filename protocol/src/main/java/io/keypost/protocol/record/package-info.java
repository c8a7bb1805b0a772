/**
 * Keypost's signed records (docs/protocol.md, "Signed records"): what a domain says of itself, its
 * addresses, its operators' servers, consents to aliases, and receipts. Each is a JWS in compact
 * form (RFC 7515), ES256 only, whose header holds exactly {@code alg}, {@code typ} and {@code kid}
 * and whose payload is strict JSON. Nothing a record says is visible outside of this package before
 * its signature and its signer's chain are verified.
 *
 * <p>{@link io.keypost.protocol.record.RecordVerifier} is the way in, {@link
 * io.keypost.protocol.record.RecordSigner} the way out; {@link
 * io.keypost.protocol.record.Succession} says which of two records a cache keeps.
 */
@NullMarked
package io.keypost.protocol.record;

import org.jspecify.annotations.NullMarked;
