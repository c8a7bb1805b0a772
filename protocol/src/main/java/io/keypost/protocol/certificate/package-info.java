/**
 * Keypost's X.509 certificates (docs/protocol.md, "Certificates"): P-256 keys and how they are
 * kept, the five uses of a certificate, issuing and requesting them, and the one checker that every
 * service and client asks. Public certification authorities have no part in it: a chain ends at the
 * root that a domain's DNS pin names.
 */
@NullMarked
package io.keypost.protocol.certificate;

import org.jspecify.annotations.NullMarked;
