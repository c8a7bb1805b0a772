/**
 * An authoritative DNS server that signs its zones, for local runs and tests: what a domain owner's
 * name servers and the public tree above them do for the pin {@code _keypost.<domain>} (protocol.md
 * under DNS). It holds the root zone, so a validating resolver can follow the chain of trust from
 * {@link io.keypost.stack.dns.SignedZones#trustAnchor()} to each record, and it can hold zones that
 * are unsigned or bogus on purpose. ECDSA P-256 (RFC 6605), denial by NSEC (RFC 4034, 4035).
 */
@NullMarked
package io.keypost.stack.dns;

import org.jspecify.annotations.NullMarked;
