/**
 * DNS as the protocol needs it (docs/protocol.md, "DNS: the pin"): validated by DNSSEC in this
 * process from its own trust anchor, bounded in time, size and number of queries. Finds a domain's
 * pin and the addresses of the hosts that pins and records name; says nothing about what they mean.
 */
@NullMarked
package io.keypost.directory.dns;

import org.jspecify.annotations.NullMarked;
